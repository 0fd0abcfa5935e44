//! Spikes on their way into a file: kept outside of memory while the population runs.
//!
//! A result file begins with what is known only at the end, the number of spikes. So they go to a temporary file first, which is read
//! back when the result is written, as often as the result needs it. The system removes it, whatever becomes of this process.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::Path;

use alif::Spike;

/// Bytes that are read or written at once.
const BUFFER: usize = 1 << 18;

/// Spikes by step and then by neuron, in a temporary file: for each step that has some its number, how many they are, and the neurons.
#[derive(Debug)]
pub(crate) struct Spool {
    file: BufWriter<File>,
    count: u64,
}

impl Spool {
    /// An empty one in the folder in which `result` will be written.
    ///
    /// # Errors
    /// When no file can be made there.
    pub(crate) fn beside(result: &Path) -> io::Result<Self> {
        let folder = match result.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        Ok(Self {
            file: BufWriter::with_capacity(BUFFER, tempfile::tempfile_in(folder)?),
            count: 0,
        })
    }

    /// Adds the spikes of later steps.
    ///
    /// # Errors
    /// When the system refuses, as it does when the disk is full.
    pub(crate) fn extend(&mut self, spikes: &[Spike]) -> io::Result<()> {
        for step in spikes.chunk_by(|a, b| a.step == b.step) {
            self.file.write_all(&step[0].step.to_le_bytes())?;
            self.file.write_all(&(step.len() as u32).to_le_bytes())?;
            for spike in step {
                self.file.write_all(&spike.neuron.to_le_bytes())?;
            }
        }
        self.count += spikes.len() as u64;
        Ok(())
    }

    /// The number of spikes.
    pub(crate) fn len(&self) -> u64 {
        self.count
    }

    /// All of them from the first on.
    ///
    /// # Errors
    /// When the system refuses.
    pub(crate) fn spikes(&mut self) -> io::Result<impl Iterator<Item = io::Result<Spike>>> {
        self.file.flush()?;
        let mut file = self.file.get_ref();
        file.seek(SeekFrom::Start(0))?;
        Ok(Spikes {
            file: BufReader::with_capacity(BUFFER, file),
            left: self.count,
            of_step: 0,
            step: 0,
        })
    }
}

/// Spikes as they are read back.
struct Spikes<'a> {
    file: BufReader<&'a File>,
    left: u64,
    /// Those of this step that are left.
    of_step: u32,
    step: u64,
}

impl Spikes<'_> {
    fn read<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.file.read_exact(&mut bytes)?;
        Ok(bytes)
    }

    fn spike(&mut self) -> io::Result<Spike> {
        if self.of_step == 0 {
            self.step = u64::from_le_bytes(self.read()?);
            self.of_step = u32::from_le_bytes(self.read()?);
        }
        self.of_step -= 1;
        Ok(Spike {
            step: self.step,
            neuron: u32::from_le_bytes(self.read()?),
        })
    }
}

impl Iterator for Spikes<'_> {
    type Item = io::Result<Spike>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let spike = self.spike();
        if spike.is_err() {
            self.left = 0;
        }
        Some(spike)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spikes_come_back_as_often_as_they_are_asked_for() {
        let mut spool = Spool::beside(&std::env::temp_dir().join("result.npz")).expect("a temporary file");
        let spikes: Vec<Spike> = (0..100_000_u64)
            .map(|at| Spike {
                step: at * at / 50_000,
                neuron: (at % 70_001) as u32,
            })
            .collect();
        spool.extend(&[]).expect("nothing is written");
        for part in spikes.chunks(777) {
            spool.extend(part).expect("written");
        }
        assert_eq!(spool.len(), 100_000);
        for _ in 0..2 {
            let back: io::Result<Vec<Spike>> = spool.spikes().expect("from the first on").collect();
            assert!(back.expect("read") == spikes);
        }
    }
}
