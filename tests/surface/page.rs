//! Is the page of BrainPy's class complete, and does it name what exists?

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::support::workspace;

/// What BrainPy's page lists: arguments of the constructor, methods, attributes.
const ARGUMENTS: &str = "size keep_size V_rest V_th R beta tau tau_a tau_ref noise V_initializer a_initializer spike_fun input_var \
    method name mode eprop";
const MEMBERS: &str = "add_aft_update add_bef_update add_inp_fun clear_input cpu cuda dV da get_aft_update get_batch_shape \
    get_bef_update get_delay_data get_delay_var get_inp_fun get_local_delay has_aft_update has_bef_update init_param init_variable \
    jit_step_run load_state load_state_dict nodes register_delay register_implicit_nodes register_implicit_vars register_local_delay \
    reset reset_local_delays reset_state return_info save_state setattr state_dict step_run sum_current_inputs sum_delta_inputs \
    sum_inputs to tpu tracing_variable train_vars tree_flatten tree_unflatten unique_name update update_local_delays vars \
    after_updates before_updates cur_inputs current_inputs delta_inputs derivative implicit_nodes implicit_vars mode name \
    supported_modes varshape";

/// The texts of all Rust files of a folder.
fn sources(folder: &Path, texts: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources(&path, texts);
        } else if path.extension().is_some_and(|e| e == "rs") {
            *texts += &fs::read_to_string(path).expect("a source file");
        }
    }
}

/// What stands between backticks.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn every_member_of_the_page_has_its_row_and_what_rows_name_exists() {
    let page = fs::read_to_string(workspace().join("runtime/BRAINPY.md")).expect("the page");
    let (mut ours, mut tests) = (String::new(), String::new());
    for folder in ["runtime/src", "runtime/core/src"] {
        sources(&workspace().join(folder), &mut ours);
    }
    sources(&workspace().join("tests"), &mut tests);
    let mut found = [BTreeSet::new(), BTreeSet::new()];
    let mut table = None;
    for line in page.lines() {
        match line {
            _ if line.starts_with("| argument |") => table = Some(0),
            _ if line.starts_with("| member |") => table = Some(1),
            _ if !line.starts_with('|') => table = None,
            _ => {}
        }
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").collect();
        let Some(table) = table.filter(|_| !line.starts_with("|---") && !line.contains("| here | test |")) else {
            continue;
        };
        for member in quoted(cells[0]) {
            assert!(found[table].insert(member.to_owned()), "`{member}` has two rows");
        }
        for test in quoted(cells[2]) {
            assert!(tests.contains(&format!("fn {test}(")), "there is no test `{test}`");
        }
    }
    for (list, found) in [ARGUMENTS, MEMBERS].into_iter().zip(&found) {
        let wanted: BTreeSet<String> = list.split_whitespace().map(str::to_owned).collect();
        assert_eq!(&wanted, found);
    }
    // Everywhere on the page.
    let mut named = 0;
    for item in quoted(&page.replace("```", "")) {
        let Some((of, name)) = item.split_once("::") else {
            continue;
        };
        if ![
            "Population",
            "Builder",
            "Monitor",
            "Signature",
            "Model",
            "Recording",
            "Loader",
            "Event",
            "Delay",
            "Distribution",
            "Source",
        ]
        .contains(&of)
        {
            continue;
        }
        let name = name.split('(').next().unwrap_or_default();
        let exists = [
            format!("pub fn {name}("),
            format!("pub {name}: "),
            format!("    {name}("),
        ];
        assert!(
            exists.iter().any(|declared| ours.contains(declared)),
            "there is no `{item}`"
        );
        named += 1;
    }
    assert!(named > 40, "{named}");
}
