//! Which states belong together: the dependency graph, its strongly connected components, and the blocks they join.

use crate::ids::StateId;

/// Blocks of states that are coupled in any direction, each listed upstream first, blocks in the order of their first state.
///
/// `edges` are `(from, to)` pairs: `to` reads `from`. States of a pair of `together` are in one block all the same. States without an equation only join a block that reads them.
pub(super) fn blocks(
    n: usize,
    edges: &[(usize, usize)],
    together: &[(usize, usize)],
    dynamic: &[bool],
) -> Vec<Vec<StateId>> {
    let mut group: Vec<usize> = (0..n).collect();
    for &(a, b) in edges.iter().chain(together) {
        let (a, b) = (root(&group, a), root(&group, b));
        group[a.max(b)] = a.min(b);
    }
    let order: Vec<usize> = components(n, edges).into_iter().flatten().collect();
    (0..n)
        .filter(|&first| root(&group, first) == first)
        .map(|first| {
            order
                .iter()
                .filter(|&&s| root(&group, s) == first)
                .map(|&s| StateId::new(s))
                .collect::<Vec<_>>()
        })
        .filter(|block| block.iter().any(|s| dynamic[s.index()]))
        .collect()
}

fn root(group: &[usize], mut of: usize) -> usize {
    while group[of] != of {
        of = group[of];
    }
    of
}

/// Strongly connected components in topological order, upstream first (Tarjan 1972, doi:10.1137/0201010), with an
/// explicit stack.
pub(super) fn components(n: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    // Edges turned round: a component is then finished after all that it depends on.
    let mut needs = vec![Vec::new(); n];
    for &(from, to) in edges {
        needs[to].push(from);
    }
    let mut number = vec![usize::MAX; n];
    let mut low = vec![0; n];
    let mut on_stack = vec![false; n];
    let mut stack = Vec::new();
    let mut found = Vec::new();
    let mut next = 0;
    for start in 0..n {
        if number[start] != usize::MAX {
            continue;
        }
        let mut path = vec![(start, 0)];
        while let Some(&mut (v, ref mut at)) = path.last_mut() {
            if *at == 0 && number[v] == usize::MAX {
                number[v] = next;
                low[v] = next;
                next += 1;
                stack.push(v);
                on_stack[v] = true;
            }
            if let Some(&w) = needs[v].get(*at) {
                *at += 1;
                if number[w] == usize::MAX {
                    path.push((w, 0));
                } else if on_stack[w] {
                    low[v] = low[v].min(number[w]);
                }
            } else {
                path.pop();
                if let Some(&(parent, _)) = path.last() {
                    low[parent] = low[parent].min(low[v]);
                }
                if low[v] == number[v] {
                    let from = stack.iter().position(|&s| s == v).unwrap_or(0);
                    let mut component = stack.split_off(from);
                    for &member in &component {
                        on_stack[member] = false;
                    }
                    component.sort_unstable();
                    found.push(component);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{blocks, components};

    #[test]
    fn components_come_upstream_first() {
        // 2 -> 0 <-> 1 -> 3
        let edges = [(2, 0), (0, 1), (1, 0), (1, 3)];
        assert_eq!(components(4, &edges), [vec![2], vec![0, 1], vec![3]]);
    }

    #[test]
    fn uncoupled_states_are_blocks_of_their_own() {
        let found = blocks(4, &[(2, 0), (0, 0), (1, 1)], &[], &[true, true, true, false]);
        let indices: Vec<Vec<usize>> = found.iter().map(|b| b.iter().map(|s| s.index()).collect()).collect();
        assert_eq!(indices, [vec![2, 0], vec![1]]);
        let joined = blocks(3, &[(2, 0)], &[(0, 1)], &[true; 3]);
        assert_eq!(joined.len(), 1);
    }
}
