//! Results as files: arrays for NumPy, rows for everything else.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;

use alif::atomic::{WriteError, WriteSeek, write_atomically};
use alif::{Recording, Spike, Trace};
use ndarray::{ArrayView1, ArrayView2};
use ndarray_npy::{NpzWriter, WriteNpyError, WriteNpyExt, WriteNpzError};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use crate::spool::Spool;

/// Bytes from which an archive member needs the fields of ZIP64, with room for its header.
const LARGE: u64 = (1 << 32) - (1 << 16);

/// Writes an uncompressed `.npz` file, which appears whole or not at all.
///
/// | array | type | shape | unit |
/// |---|---|---|---|
/// | `spike_step` | u64 | (spikes,) | steps, counted from 0 |
/// | `spike_neuron` | u32 | (spikes,) | |
/// | `spike_t` | f64 | (spikes,) | ms, `(step + 1) * dt` |
/// | `t` | f64 | (recorded steps,) | ms |
/// | each trace, by its name | f64 | (recorded steps, recorded neurons) | that of the trace |
/// | `meta` | str | () | JSON text, `json.loads(numpy.load(path)["meta"].item())` |
///
/// A trace whose name is taken is called `name_1` (then `name_2`, …). Without traces `t` has no elements. The spikes are those of
/// `spool`, not of the recording; they are read as they are written, so that they need no memory.
///
/// # Errors
/// [`WriteError`], also for traces that were not recorded at the same steps.
pub(crate) fn write_npz(
    path: &Path,
    recording: &Recording,
    spool: &mut Spool,
    meta_json: &str,
) -> Result<(), WriteError> {
    write_atomically(path, |sink| {
        let steps = common(&recording.traces, "steps", |trace| &trace.steps)?;
        let mut sink = Latch::new(sink);
        let written = npz(&mut sink, recording, spool, steps, meta_json);
        sink.finish()?;
        written.map_err(|error| match error {
            WriteNpzError::Npy(WriteNpyError::Io(error)) => error,
            error @ (WriteNpzError::Zip(_) | WriteNpzError::Npy(_)) => io::Error::other(error),
        })
    })
}

/// A sink that keeps its first error to itself until the end: a ZIP writer that meets one talks about it on the standard error.
struct Latch<'a> {
    sink: &'a mut dyn WriteSeek,
    error: Option<io::Error>,
    position: u64,
    end: u64,
}

impl<'a> Latch<'a> {
    fn new(sink: &'a mut dyn WriteSeek) -> Self {
        Self {
            sink,
            error: None,
            position: 0,
            end: 0,
        }
    }

    /// Flushes; gives the first error there was.
    fn finish(self) -> io::Result<()> {
        match self.error {
            Some(error) => Err(error),
            None => self.sink.flush(),
        }
    }
}

impl Write for Latch<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.error.is_none() {
            self.error = self.sink.write_all(bytes).err();
        }
        self.position += bytes.len() as u64;
        self.end = self.end.max(self.position);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.error.is_none() {
            self.error = self.sink.flush().err();
        }
        Ok(())
    }
}

impl Seek for Latch<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(offset) => self.end.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        let position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        if self.error.is_none() {
            self.error = self.sink.seek(SeekFrom::Start(position)).err();
        }
        self.position = position;
        Ok(position)
    }
}

fn npz(
    sink: &mut Latch<'_>,
    recording: &Recording,
    spool: &mut Spool,
    steps: &[u64],
    meta_json: &str,
) -> Result<(), WriteNpzError> {
    let mut names: Vec<String> = ARRAYS.map(str::to_owned).to_vec();
    let mut archive = NpzWriter::new(sink);

    let count = spool.len();
    let spool = RefCell::new(spool);
    let step = Column::new("<u8", &spool, |spike, to| to.write_all(&spike.step.to_le_bytes()));
    archive.add_array_with_options("spike_step", &step, options(count, 8))?;
    let neuron = Column::new("<u4", &spool, |spike, to| to.write_all(&spike.neuron.to_le_bytes()));
    archive.add_array_with_options("spike_neuron", &neuron, options(count, 4))?;
    let time = Column::new("<f8", &spool, |spike, to| {
        to.write_all(&recording.time(spike.step).to_le_bytes())
    });
    archive.add_array_with_options("spike_t", &time, options(count, 8))?;
    let t: Vec<f64> = steps.iter().map(|&step| recording.time(step)).collect();
    archive.add_array_with_options("t", &ArrayView1::from(&t), options(t.len() as u64, 8))?;

    for trace in &recording.traces {
        let shape = (trace.steps.len(), trace.neurons.len());
        let values = ArrayView2::from_shape(shape, &trace.values).map_err(|_| WriteNpyError::Io(shape_error(trace)))?;
        let name = free_name(&names, &trace.name);
        archive.add_array_with_options(name.as_str(), &values, options(values.len() as u64, 8))?;
        names.push(name);
    }
    let meta = Unicode(meta_json);
    archive.add_array_with_options("meta", &meta, options(meta_json.len() as u64, 4))?;
    archive.finish()?;
    Ok(())
}

fn options(elements: u64, size: u64) -> SimpleFileOptions {
    let large = elements >= LARGE / size;
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .large_file(large)
}

/// The arrays that every .npz holds.
pub(crate) const ARRAYS: [&str; 5] = ["spike_step", "spike_neuron", "spike_t", "t", "meta"];

/// `name`, or `name_1`, `name_2`, … when it is taken.
fn free_name(taken: &[String], name: &str) -> String {
    let numbered = (1_u64..).map(|number| format!("{name}_{number}"));
    std::iter::once(name.to_owned())
        .chain(numbered)
        .find(|name| !taken.contains(name))
        .unwrap_or_default()
}

/// What all traces share: steps or neurons.
fn common<'a, T: PartialEq>(
    traces: &'a [Trace],
    what: &str,
    of: impl Fn(&'a Trace) -> &'a Vec<T>,
) -> io::Result<&'a [T]> {
    let Some(first) = traces.first() else {
        return Ok(&[]);
    };
    match traces.iter().find(|trace| of(trace) != of(first)) {
        Some(other) => Err(io::Error::other(format!(
            "`{}` and `{}` were not recorded for the same {what}",
            first.name, other.name
        ))),
        None => Ok(of(first)),
    }
}

fn shape_error(trace: &Trace) -> io::Error {
    io::Error::other(format!(
        "`{}` has {} values for {} steps of {} neurons",
        trace.name,
        trace.values.len(),
        trace.steps.len(),
        trace.neurons.len()
    ))
}

/// What precedes the values of an array: its type, and its shape as Python writes it.
fn npy_header(kind: &str, shape: &str) -> Vec<u8> {
    let mut text = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    // The magic, the version and the length take ten bytes; all together is a multiple of 64 and ends with a line end.
    let padding = 63 - (10 + text.len()) % 64;
    text.extend(std::iter::repeat_n(' ', padding));
    text.push('\n');
    let length = (text.len() as u16).to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], text.as_bytes()].concat()
}

/// A quantity of all spikes as a NumPy array, of numbers of the type `kind`.
struct Column<'a, 's, F> {
    kind: &'static str,
    spool: &'a RefCell<&'s mut Spool>,
    write: F,
}

impl<'a, 's, F: Fn(Spike, &mut dyn Write) -> io::Result<()>> Column<'a, 's, F> {
    fn new(kind: &'static str, spool: &'a RefCell<&'s mut Spool>, write: F) -> Self {
        Self { kind, spool, write }
    }
}

impl<F: Fn(Spike, &mut dyn Write) -> io::Result<()>> WriteNpyExt for Column<'_, '_, F> {
    fn write_npy<W: Write>(&self, writer: W) -> Result<(), WriteNpyError> {
        let mut spool = self.spool.borrow_mut();
        let mut writer = io::BufWriter::new(writer);
        writer.write_all(&npy_header(self.kind, &format!("({},)", spool.len())))?;
        for spike in spool.spikes()? {
            (self.write)(spike?, &mut writer)?;
        }
        writer.flush()?;
        Ok(())
    }
}

/// A text as a NumPy array without dimensions, of type `<U…`: its characters as four bytes each.
struct Unicode<'a>(&'a str);

impl WriteNpyExt for Unicode<'_> {
    fn write_npy<W: Write>(&self, mut writer: W) -> Result<(), WriteNpyError> {
        // NumPy cuts zeros off the end of a text, and has no text of no characters.
        let text = self.0.trim_end_matches('\0');
        let length = text.chars().count().max(1);
        writer.write_all(&npy_header(&format!("<U{length}"), "()"))?;
        for character in text.chars() {
            writer.write_all(&u32::from(character).to_le_bytes())?;
        }
        if text.is_empty() {
            writer.write_all(&[0; 4])?;
        }
        writer.flush()?;
        Ok(())
    }
}

/// Writes a `.csv` file with a header line, which appears whole or not at all.
///
/// Without traces a row is a spike: `t_ms,step,neuron`.
///
/// With traces a row is a recorded step of a recorded neuron: `t_ms,step,neuron,V [mV],a [mV],spike`, one column for each
/// trace in its unit. `spike` counts the neuron's spikes since the row before of the same neuron (since the begin of the run in
/// the first), so it is 0 or 1 when every step was recorded. Spikes of neurons that were not recorded, and those after the last
/// recorded step, are not in such a file; an `.npz` file holds all.
///
/// Values have as many digits as tell them from their neighbours, times at most 15; `nan`, `inf` and `-inf` occur as such.
///
/// # Errors
/// [`WriteError`], also for traces that were not recorded at the same steps of the same neurons.
pub(crate) fn write_csv(path: &Path, recording: &Recording, spool: &mut Spool) -> Result<(), WriteError> {
    write_atomically(path, |sink| {
        if recording.traces.is_empty() {
            spike_rows(sink, recording, spool)
        } else {
            trace_rows(sink, recording, spool)
        }
    })
}

fn spike_rows(sink: &mut dyn WriteSeek, recording: &Recording, spool: &mut Spool) -> io::Result<()> {
    writeln!(sink, "t_ms,step,neuron")?;
    for spike in spool.spikes()? {
        let spike = spike?;
        let t = readable(recording.time(spike.step));
        writeln!(sink, "{t},{},{}", spike.step, spike.neuron)?;
    }
    Ok(())
}

fn trace_rows(sink: &mut dyn WriteSeek, recording: &Recording, spool: &mut Spool) -> io::Result<()> {
    let traces = &recording.traces;
    let steps = common(traces, "steps", |trace| &trace.steps)?;
    let neurons = common(traces, "neurons", |trace| &trace.neurons)?;
    let complete = |trace: &&Trace| trace.values.len() == steps.len() * neurons.len();
    if let Some(trace) = traces.iter().find(|trace| !complete(trace)) {
        return Err(shape_error(trace));
    }

    let mut row = "t_ms,step,neuron".to_owned();
    for trace in traces {
        let title = match trace.unit.as_str() {
            "" | "1" => trace.name.clone(),
            unit => format!("{} [{unit}]", trace.name),
        };
        row.push(',');
        row += &quoted(&title);
    }
    writeln!(sink, "{row},spike")?;

    let mut rest = spool.spikes()?.peekable();
    // The neurons that spiked since the rows before.
    let mut spikes: Vec<u32> = Vec::new();
    for (step_idx, step) in steps.iter().enumerate() {
        spikes.clear();
        while let Some(spike) = rest.next_if(|spike| spike.as_ref().map_or(true, |spike| spike.step <= *step)) {
            spikes.push(spike?.neuron);
        }
        spikes.sort_unstable();
        let t = readable(recording.time(*step));
        for (neuron_idx, neuron) in neurons.iter().enumerate() {
            row.clear();
            // Writing into a text cannot fail.
            let _ = write!(row, "{t},{step},{neuron}");
            for trace in traces {
                row.push(',');
                push_value(&mut row, trace.values[step_idx * neurons.len() + neuron_idx]);
            }
            let from = spikes.partition_point(|n| n < neuron);
            let to = spikes.partition_point(|n| n <= neuron);
            let _ = writeln!(row, ",{}", to - from);
            sink.write_all(row.as_bytes())?;
        }
    }
    Ok(())
}

/// A time in ms without the noise of `3 * 0.1`: rounded to 15 digits, which changes no decimal number of that length.
fn readable(time: f64) -> String {
    let rounded = format!("{time:.14e}").parse().unwrap_or(time);
    let mut text = String::new();
    push_value(&mut text, rounded);
    text
}

/// The shortest text that reads back as the same number.
fn push_value(text: &mut String, value: f64) {
    let magnitude = value.abs();
    // Writing into a text cannot fail.
    let _ = if value.is_nan() {
        write!(text, "nan")
    } else if magnitude != 0.0 && !(1e-5..1e17).contains(&magnitude) && magnitude.is_finite() {
        write!(text, "{value:e}")
    } else {
        write!(text, "{value}")
    };
}

/// A field of a header, in quotes where it needs them.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
#[path = "output_tests.rs"]
mod tests;
