//! What is to become small.

use alloc::format;
use alloc::vec;
use alloc::vec::Vec;

use alif_core::{Real, math};

use super::LearnError;

/// A loss of one trial, from the outputs y of the readout in its steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Loss {
    /// ½ Σ (y − y*)² over outputs and steps.
    SquaredError,
    /// −Σ ln π* over steps, where π = softmax(y) and π* is that of the class.
    CrossEntropy,
    /// −ln π*, where π is the softmax of the mean of y over steps.
    CrossEntropyOfMean,
}

/// What the outputs should be.
#[derive(Clone, Copy, Debug)]
pub enum Targets<'a> {
    /// Values y*, for [`Loss::SquaredError`]: trials × steps × outputs.
    Values(&'a [f64]),
    /// The class of each trial, for the cross-entropies.
    Classes(&'a [usize]),
}

/// A loss and the steps it looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objective {
    /// The loss.
    pub loss: Loss,
    /// The learning window: only so many last steps of a trial count; all if `None`.
    pub window: Option<usize>,
    /// Whether loss and gradient, with that of [`Rates`](super::Rates), are divided by the number of steps that count. The
    /// cross-entropy of the mean is an average already, and stays as it is.
    pub average: bool,
}

impl Objective {
    /// A loss over all steps, not averaged.
    #[must_use]
    pub fn new(loss: Loss) -> Self {
        Self {
            loss,
            window: None,
            average: false,
        }
    }

    /// Only the last `steps` steps count.
    #[must_use]
    pub fn window(mut self, steps: usize) -> Self {
        self.window = Some(steps);
        self
    }

    /// Averaged over the steps that count.
    #[must_use]
    pub fn average(mut self) -> Self {
        self.average = true;
        self
    }

    /// The number of steps that count, of `steps`.
    pub(super) fn counted(&self, steps: usize) -> usize {
        self.window.map_or(steps, |window| window.min(steps))
    }

    /// What the sums over steps are divided by.
    pub(super) fn divisor(&self, steps: usize) -> f64 {
        if self.average && self.loss != Loss::CrossEntropyOfMean {
            self.counted(steps) as f64
        } else {
            1.0
        }
    }

    /// Checks targets for `trials` trials.
    pub(super) fn check(
        &self,
        targets: &Targets<'_>,
        trials: usize,
        steps: usize,
        outputs: usize,
    ) -> Result<(), LearnError> {
        let wrong = |reason| Err(LearnError::Targets(reason));
        if self.counted(steps) == 0 {
            return wrong("no step counts".into());
        }
        match (self.loss, targets) {
            (Loss::SquaredError, Targets::Values(values)) => {
                let wanted = trials * steps * outputs;
                if values.len() != wanted {
                    return wrong(format!(
                        "there are {} values for {trials} trials of {steps} steps and {outputs} outputs",
                        values.len()
                    ));
                }
                match values.iter().position(|value| !value.is_finite()) {
                    Some(at) => wrong(format!("value {at} is {}", values[at])),
                    None => Ok(()),
                }
            }
            (Loss::CrossEntropy | Loss::CrossEntropyOfMean, Targets::Classes(classes)) => {
                if classes.len() != trials {
                    return wrong(format!("there are {} classes for {trials} trials", classes.len()));
                }
                match classes.iter().find(|&&class| class >= outputs) {
                    Some(class) => wrong(format!("there is no class {class} among {outputs} outputs")),
                    None => Ok(()),
                }
            }
            (Loss::SquaredError, Targets::Classes(_)) => wrong("a squared error needs values, not classes".into()),
            (_, Targets::Values(_)) => wrong("a cross-entropy needs classes, not values".into()),
        }
    }

    /// The loss of a trial, and its derivatives with respect to the outputs, written to `errors`. Rows of outputs of the steps lie
    /// `stride` apart, and so do those of errors; targets are those of this trial.
    pub(super) fn of_trial<T: Real>(
        &self,
        outputs: Rows<'_, T>,
        targets: &Targets<'_>,
        trial: usize,
        errors: &mut [T],
    ) -> f64 {
        let Rows { steps, width, .. } = outputs;
        let counted = self.counted(steps);
        let scale = 1.0 / self.divisor(steps);
        let first = steps - counted;
        let mut loss = 0.0;
        let mut error = |step: usize, k: usize, value: f64| {
            errors[outputs.at(step) + k] = T::from_f64(value * scale);
        };
        for step in 0..first {
            (0..width).for_each(|k| error(step, k, 0.0));
        }
        match (self.loss, targets) {
            (Loss::SquaredError, Targets::Values(values)) => {
                for step in first..steps {
                    let wanted = &values[(trial * steps + step) * width..][..width];
                    for (k, (&y, &wanted)) in outputs.row(step).iter().zip(wanted).enumerate() {
                        let difference = y.to_f64() - wanted;
                        loss += 0.5 * difference * difference;
                        error(step, k, difference);
                    }
                }
            }
            (Loss::CrossEntropy, Targets::Classes(classes)) => {
                let mut pi = vec![0.0; width];
                for step in first..steps {
                    loss -= softmax(outputs.row(step).iter().map(|y| y.to_f64()), &mut pi, classes[trial]);
                    for (k, &pi) in pi.iter().enumerate() {
                        error(step, k, pi - f64::from(u8::from(k == classes[trial])));
                    }
                }
            }
            (Loss::CrossEntropyOfMean, Targets::Classes(classes)) => {
                let mut mean = vec![0.0; width];
                for step in first..steps {
                    for (mean, y) in mean.iter_mut().zip(outputs.row(step)) {
                        *mean += y.to_f64();
                    }
                }
                let mut pi = vec![0.0; width];
                loss -= softmax(mean.iter().map(|sum| sum / counted as f64), &mut pi, classes[trial]);
                for step in first..steps {
                    for (k, &pi) in pi.iter().enumerate() {
                        let difference = pi - f64::from(u8::from(k == classes[trial]));
                        error(step, k, difference / counted as f64);
                    }
                }
            }
            _ => unreachable!("targets were checked against the loss"),
        }
        loss * scale
    }
}

impl Objective {
    /// Whether the errors of a step are known in that step.
    pub(super) fn is_online(&self) -> bool {
        self.loss != Loss::CrossEntropyOfMean
    }

    /// The part of one step in the loss of a trial of `steps` steps, and its derivatives with respect to the outputs, written to `errors`.
    pub(super) fn of_step<T: Real>(
        &self,
        outputs: &[T],
        targets: &Targets<'_>,
        trial: usize,
        step: usize,
        steps: usize,
        errors: &mut [T],
    ) -> f64 {
        errors.fill(T::ZERO);
        if step < steps - self.counted(steps) {
            return 0.0;
        }
        // A trial of this one step, with its own targets.
        let only = Self {
            window: None,
            average: false,
            ..*self
        };
        let width = outputs.len();
        let row = match targets {
            Targets::Values(values) => Targets::Values(&values[(trial * steps + step) * width..][..width]),
            Targets::Classes(classes) => Targets::Classes(&classes[trial..=trial]),
        };
        let rows = Rows {
            values: outputs,
            start: 0,
            stride: width,
            width,
            steps: 1,
        };
        let loss = only.of_trial(rows, &row, 0, errors);
        let scale = 1.0 / self.divisor(steps);
        for error in errors {
            *error = T::from_f64(error.to_f64() * scale);
        }
        loss * scale
    }
}

/// Rows of numbers of one trial, step by step, among those of others.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rows<'a, T> {
    pub(super) values: &'a [T],
    /// Where the row of step 0 is.
    pub(super) start: usize,
    /// From one row to the next.
    pub(super) stride: usize,
    pub(super) width: usize,
    pub(super) steps: usize,
}

impl<'a, T> Rows<'a, T> {
    pub(super) fn at(&self, step: usize) -> usize {
        self.start + step * self.stride
    }

    pub(super) fn row(&self, step: usize) -> &'a [T] {
        &self.values[self.at(step)..][..self.width]
    }
}

/// The softmax of `y`; returns the logarithm of that of `class`.
fn softmax(y: impl Iterator<Item = f64> + Clone, pi: &mut [f64], class: usize) -> f64 {
    let most = y.clone().fold(f64::NEG_INFINITY, math::max);
    let mut sum = 0.0;
    for (pi, y) in pi.iter_mut().zip(y.clone()) {
        *pi = math::exp(y - most);
        sum += *pi;
    }
    for pi in pi.iter_mut() {
        *pi /= sum;
    }
    let of_class: Vec<f64> = y.skip(class).take(1).collect();
    of_class[0] - most - math::ln(sum)
}

#[cfg(test)]
mod tests {
    use super::{Loss, Objective, Rows, Targets};

    /// Errors are the derivatives of the loss.
    #[test]
    fn errors_are_derivatives() {
        let (steps, width) = (6, 3);
        let outputs: Vec<f64> = (0..steps * width).map(|i| ((i * 37 % 11) as f64 - 5.0) / 4.0).collect();
        let values: Vec<f64> = outputs.iter().map(|y| y * 0.5 - 0.1).collect();
        let classes = [2];
        for loss in [Loss::SquaredError, Loss::CrossEntropy, Loss::CrossEntropyOfMean] {
            let targets = match loss {
                Loss::SquaredError => Targets::Values(&values),
                _ => Targets::Classes(&classes),
            };
            for objective in [Objective::new(loss), Objective::new(loss).window(4).average()] {
                objective.check(&targets, 1, steps, width).unwrap();
                let of = |outputs: &[f64]| {
                    let rows = Rows {
                        values: outputs,
                        start: 0,
                        stride: width,
                        width,
                        steps,
                    };
                    let mut errors = vec![f64::NAN; steps * width];
                    let loss = objective.of_trial(rows, &targets, 0, &mut errors);
                    (loss, errors)
                };
                let (_, errors) = of(&outputs);
                for at in 0..outputs.len() {
                    let shifted = |by: f64| {
                        let mut outputs = outputs.clone();
                        outputs[at] += by;
                        of(&outputs).0
                    };
                    let slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                    assert!(
                        (slope - errors[at]).abs() < 1e-8,
                        "{objective:?} {at}: {slope} {}",
                        errors[at]
                    );
                }
            }
        }
    }

    #[test]
    fn targets_that_do_not_fit_are_refused() {
        let squared = Objective::new(Loss::SquaredError);
        let entropy = Objective::new(Loss::CrossEntropy);
        assert!(squared.check(&Targets::Classes(&[0]), 1, 2, 2).is_err());
        assert!(squared.check(&Targets::Values(&[0.0; 3]), 1, 2, 2).is_err());
        assert!(
            squared
                .check(&Targets::Values(&[0.0, 0.0, 0.0, f64::NAN]), 1, 2, 2)
                .is_err()
        );
        assert!(entropy.check(&Targets::Values(&[0.0; 4]), 1, 2, 2).is_err());
        assert!(entropy.check(&Targets::Classes(&[2]), 1, 2, 2).is_err());
        assert!(entropy.window(0).check(&Targets::Classes(&[1]), 1, 2, 2).is_err());
        assert!(entropy.check(&Targets::Classes(&[1]), 1, 2, 2).is_ok());
    }
}
