//! Leaves out what nothing needs.

use crate::ids::{CoefId, Value};
use crate::ir::{Inst, Note, Source};

/// A step without its results.
pub(super) struct Parts {
    pub(super) insts: Vec<Inst>,
    pub(super) notes: Vec<Note>,
    /// Where coefficients come from, and whether they may be NaN.
    pub(super) sources: Vec<(Source, bool)>,
    /// Coefficients that are wanted although no instruction reads them, by number.
    pub(super) kept: Vec<usize>,
}

impl Parts {
    /// Drops instructions that none of the results needs, and coefficients that nobody reads; the rest is numbered anew.
    pub(super) fn prune(&mut self, results: &mut [Value]) {
        let mut needed = vec![false; self.insts.len()];
        results.iter().for_each(|value| needed[value.index()] = true);
        for at in (0..needed.len()).rev() {
            if needed[at] {
                let operands = self.insts[at].operands();
                operands.iter().for_each(|operand| needed[operand.index()] = true);
            }
        }
        self.prune_notes(&needed);
        let mut new = vec![Value(0); needed.len()];
        let mut insts = Vec::new();
        for (at, inst) in self.insts.iter().enumerate().filter(|(at, _)| needed[*at]) {
            new[at] = Value::new(insts.len());
            insts.push(inst.renamed(|value| new[value.index()]));
        }
        self.insts = insts;
        results.iter_mut().for_each(|value| *value = new[value.index()]);
        self.prune_coefficients();
    }

    /// Of the lines that come to nothing any more, none remains.
    fn prune_notes(&mut self, needed: &[bool]) {
        let ends: Vec<usize> = self.notes.iter().skip(1).map(|note| note.at).collect();
        let ends = ends.into_iter().chain([needed.len()]);
        let notes = std::mem::take(&mut self.notes);
        let left = notes
            .into_iter()
            .zip(ends)
            .filter(|(note, end)| needed[note.at..*end].contains(&true));
        self.notes = left
            .map(|(note, _)| Note {
                at: needed[..note.at].iter().filter(|needed| **needed).count(),
                ..note
            })
            .collect();
    }

    fn prune_coefficients(&mut self) {
        let mut read = vec![false; self.sources.len()];
        self.kept.iter().for_each(|&coefficient| read[coefficient] = true);
        for inst in &self.insts {
            if let Inst::Coefficient(c) | Inst::Steps(c) = inst {
                read[c.index()] = true;
            }
        }
        let new: Vec<usize> = (0..read.len())
            .map(|at| read[..at].iter().filter(|read| **read).count())
            .collect();
        let mut reads = read.iter();
        self.sources.retain(|_| reads.next() == Some(&true));
        for inst in &mut self.insts {
            if let Inst::Coefficient(c) | Inst::Steps(c) = inst {
                *c = CoefId::new(new[c.index()]);
            }
        }
        self.kept
            .iter_mut()
            .for_each(|coefficient| *coefficient = new[*coefficient]);
    }
}
