//! The table of surrogate derivatives: names and settings with their defaults.
//!
//! The names are those of braintools' `surrogate` module, which BrainPy 2.8 uses. Checking a `learn` block needs only
//! this; the functions themselves belong to the adjoint, which this version does not derive yet.

/// A surrogate derivative of the spike.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SurrogateInfo {
    /// Its name in a `learn` block.
    pub name: &'static str,
    /// Its settings with their defaults.
    pub settings: &'static [(&'static str, f64)],
}

/// Every surrogate.
pub const SURROGATES: &[SurrogateInfo] = &[
    row("relu_grad", &[("alpha", 0.3), ("width", 1.0)]),
    row("sigmoid", &[("alpha", 4.0)]),
    row("piecewise_quadratic", &[("alpha", 1.0)]),
    row("piecewise_exp", &[("alpha", 1.0)]),
    row("soft_sign", &[("alpha", 1.0)]),
    row("arctan", &[("alpha", 1.0)]),
    row("nonzero_sign_log", &[("alpha", 1.0)]),
    row("erf", &[("alpha", 1.0)]),
    row("piecewise_leaky_relu", &[("c", 0.01), ("w", 1.0)]),
    row("squarewave_fourier_series", &[("n", 2.0), ("t_period", 8.0)]),
    row("s2nn", &[("alpha", 4.0), ("beta", 1.0), ("epsilon", 1e-8)]),
    row("q_pseudo_spike", &[("alpha", 2.0)]),
    row("leaky_relu", &[("alpha", 0.1), ("beta", 1.0)]),
    row("log_tailed_relu", &[("alpha", 0.0)]),
    row("gaussian_grad", &[("sigma", 0.5), ("alpha", 0.5)]),
    row(
        "multi_gaussian_grad",
        &[("h", 0.15), ("s", 6.0), ("sigma", 0.5), ("scale", 0.5)],
    ),
    row("inv_square_grad", &[("alpha", 100.0)]),
    row("slayer_grad", &[("alpha", 1.0)]),
];

const fn row(name: &'static str, settings: &'static [(&'static str, f64)]) -> SurrogateInfo {
    SurrogateInfo { name, settings }
}

/// The surrogate of this name.
#[must_use]
pub fn named(name: &str) -> Option<&'static SurrogateInfo> {
    SURROGATES.iter().find(|s| s.name == name)
}
