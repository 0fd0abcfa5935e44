//! What a run takes, stage by stage: `alif run --timings`.

use std::time::{Duration, Instant};

/// The stages of a run, in their order, with what each took.
pub(crate) struct Timings {
    start: Instant,
    last: Instant,
    stages: Vec<(&'static str, Duration)>,
}

impl Timings {
    /// Begins when the program did.
    pub(crate) fn since(start: Instant) -> Self {
        Self {
            start,
            last: start,
            stages: vec![],
        }
    }

    /// What happened since the last stage was over is this one.
    pub(crate) fn over(&mut self, stage: &'static str) {
        let now = Instant::now();
        self.stages.push((stage, now - self.last));
        self.last = now;
    }

    /// What happened since the last stage was over is this stage, but for what another one took of it.
    pub(crate) fn over_but_for(&mut self, part: &'static str, duration: Duration, stage: &'static str) {
        self.over(stage);
        if let Some(rest) = self.stages.pop() {
            self.stages.push((part, duration));
            self.stages.push((stage, rest.1.saturating_sub(duration)));
        }
    }

    /// What the stage of this name took.
    pub(crate) fn of(&self, stage: &str) -> Duration {
        let stages = self.stages.iter().filter(|(name, _)| *name == stage);
        stages.map(|(_, duration)| *duration).sum()
    }

    /// A line for each stage, then what came before the first step and what all took; `kernels` is the part of the run that was spent in
    /// kernels.
    pub(crate) fn lines(&self, kernels: Duration) -> Vec<String> {
        let width = self.stages.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        let (run, all) = (self.of("run"), self.last - self.start);
        let mut lines: Vec<String> = Vec::new();
        let mut before = Duration::ZERO;
        for (name, duration) in &self.stages {
            let mut line = format!("{name:width$}  {}", milliseconds(*duration));
            if *name == "run" {
                line += &format!(
                    ", {} of them in kernels; the first step began after {}",
                    percent(kernels, run),
                    milliseconds(before).trim_start()
                );
            }
            before += *duration;
            lines.push(line);
        }
        let kernels = percent(kernels, all);
        lines.push(format!(
            "{:width$}  {}, {kernels} of them in kernels",
            "all",
            milliseconds(all)
        ));
        lines
    }
}

fn milliseconds(duration: Duration) -> String {
    format!("{:9.3} ms", duration.as_secs_f64() * 1e3)
}

fn percent(part: Duration, of: Duration) -> String {
    format!("{:.1} %", 100.0 * part.as_secs_f64() / of.as_secs_f64().max(1e-12))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_taken_out_of_its_stage() {
        let mut timings = Timings::since(Instant::now() - Duration::from_millis(50));
        timings.over_but_for("compile", Duration::from_millis(20), "bind");
        timings.over("run");
        let (compile, bind) = (timings.of("compile"), timings.of("bind"));
        assert_eq!(compile, Duration::from_millis(20));
        assert!(
            bind >= Duration::from_millis(30) && bind < Duration::from_millis(49),
            "{bind:?}"
        );
        let lines = timings.lines(Duration::ZERO);
        assert_eq!(lines.len(), 4);
        assert!(lines[0].starts_with("compile     20.000 ms"), "{}", lines[0]);
        assert!(
            lines[2].contains("0.0 % of them in kernels; the first step began after 5"),
            "{}",
            lines[2]
        );
    }
}
