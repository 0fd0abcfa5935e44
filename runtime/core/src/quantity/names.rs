//! Names for the dimensions that models of neurons use. A new one is one row.

use super::Quantity;

/// From each row a type, a row of [`NAMED`] and the text of the coherent unit.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $unit:literal, [$($twice:literal),*];)+) => {
        $(
            $(#[$doc])*
            #[doc = concat!("\n\nThe value is in `", $unit, "`.")]
            pub type $name = Quantity<$($twice),*>;
        )+

        /// The dimensions with a name: the name of the type, and twice the exponents of m, kg, s, A, K, mol.
        pub const NAMED: &[(&str, [i16; 6])] = &[$((stringify!($name), [$($twice),*])),+];

        /// The coherent unit of a dimension with a name, such as `mV` or `nS/um^2`; `1` for a pure number.
        #[must_use]
        pub const fn coherent_unit(dimension: [i16; 6]) -> Option<&'static str> {
            match dimension {
                $([$($twice),*] => Some($unit),)+
                _ => None,
            }
        }
    };
}

names! {
    /// A pure number. It comes from an `f64` and goes into one.
    Number = "1", [0, 0, 0, 0, 0, 0];
    /// A time.
    Time = "ms", [0, 0, 2, 0, 0, 0];
    /// A voltage.
    Voltage = "mV", [4, 2, -6, -2, 0, 0];
    /// A current.
    Current = "pA", [0, 0, 0, 2, 0, 0];
    /// A conductance.
    Conductance = "nS", [-4, -2, 6, 4, 0, 0];
    /// A resistance.
    Resistance = "GOhm", [4, 2, -6, -4, 0, 0];
    /// A capacitance.
    Capacitance = "pF", [-4, -2, 8, 4, 0, 0];
    /// A charge.
    Charge = "fC", [0, 0, 2, 2, 0, 0];
    /// A frequency, or the rate of a process.
    Frequency = "1/ms", [0, 0, -2, 0, 0, 0];

    /// A voltage per time.
    VoltagePerTime = "mV/ms", [4, 2, -8, -2, 0, 0];
    /// A current per time.
    CurrentPerTime = "pA/ms", [0, 0, -2, 2, 0, 0];
    /// A conductance per time.
    ConductancePerTime = "nS/ms", [-4, -2, 4, 4, 0, 0];
    /// A conductance per voltage, as in quadratic models.
    ConductancePerVoltage = "nS/mV", [-8, -4, 12, 6, 0, 0];
    /// A rate per voltage, as in quadratic models and gates of channels.
    FrequencyPerVoltage = "1/(mV*ms)", [-4, -2, 4, 2, 0, 0];
    /// The inverse of a voltage, as in escape rates.
    PerVoltage = "1/mV", [-4, -2, 6, 2, 0, 0];

    /// White noise.
    PerRootTime = "1/sqrt(ms)", [0, 0, -1, 0, 0, 0];
    /// White noise that drives a voltage.
    VoltagePerRootTime = "mV/sqrt(ms)", [4, 2, -7, -2, 0, 0];
    /// White noise that drives a current.
    CurrentPerRootTime = "pA/sqrt(ms)", [0, 0, -1, 2, 0, 0];
    /// White noise that drives a conductance.
    ConductancePerRootTime = "nS/sqrt(ms)", [-4, -2, 5, 4, 0, 0];

    /// A length.
    Length = "um", [2, 0, 0, 0, 0, 0];
    /// An area.
    Area = "um^2", [4, 0, 0, 0, 0, 0];
    /// A volume.
    Volume = "um^3", [6, 0, 0, 0, 0, 0];
    /// A speed, or the permeability of a membrane.
    Speed = "um/ms", [2, 0, -2, 0, 0, 0];
    /// A coefficient of diffusion.
    Diffusivity = "um^2/ms", [4, 0, -2, 0, 0, 0];
    /// A current per area.
    CurrentDensity = "pA/um^2", [-4, 0, 0, 2, 0, 0];
    /// A conductance per area.
    ConductanceDensity = "nS/um^2", [-8, -2, 6, 4, 0, 0];
    /// A capacitance per area.
    CapacitanceDensity = "pF/um^2", [-8, -2, 8, 4, 0, 0];
    /// A resistance times an area, as of a membrane.
    ArealResistance = "GOhm*um^2", [8, 2, -6, -4, 0, 0];
    /// A resistance times a length, as of the axial resistance.
    Resistivity = "GOhm*um", [6, 2, -6, -4, 0, 0];

    /// A concentration.
    Concentration = "mM", [-6, 0, 0, 0, 0, 2];
    /// A concentration per time.
    ConcentrationPerTime = "mM/ms", [-6, 0, -2, 0, 0, 2];
    /// An amount of substance.
    Amount = "amol", [0, 0, 0, 0, 0, 2];
    /// A charge per amount of substance, as the constant of Faraday.
    ChargePerAmount = "fC/amol", [0, 0, 2, 2, 0, -2];
    /// An energy per amount of substance and temperature, as the gas constant.
    EnergyPerAmountAndTemperature = "aJ/(amol*K)", [4, 2, -4, 0, -2, -2];
    /// A temperature.
    Temperature = "K", [0, 0, 0, 0, 2, 0];
}
