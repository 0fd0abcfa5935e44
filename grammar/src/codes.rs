//! The one table of diagnostic codes. A code never changes its meaning; a new fault gets a new code.

use crate::diagnostic::Severity;

macro_rules! codes {
    ($($variant:ident $text:literal $title:literal;)*) => {
        /// The stable code of a diagnostic: `E…` refuses the model, `W…` warns.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!($text, ": ", $title)] $variant,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$variant),*];

            /// The code as printed, such as `E0302`.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$variant => $text),* }
            }

            /// What the code is about, in a few words.
            #[must_use]
            pub fn title(self) -> &'static str {
                match self { $(Code::$variant => $title),* }
            }

            /// A page on the code in Markdown: what it means and why, and where a model can show it one that does and one that does not.
            #[must_use]
            pub fn page(self) -> &'static str {
                match self { $(Code::$variant => include_str!(concat!("../pages/", $text, ".md"))),* }
            }
        }
    };
}

codes! {
    UnexpectedToken "E0101" "unexpected token";
    PrimeDerivative "E0102" "a derivative written with a prime";
    HashComment "E0103" "a comment that starts with #";
    MissingSemicolon "E0104" "missing semicolon";
    NumberForm "E0105" "malformed number";
    UnitWithoutNumber "E0106" "a unit without a number";
    SymbolInName "E0107" "a symbol that names cannot have";
    ReservedName "E0108" "a reserved name";
    MissingElse "E0109" "an if without else";

    UnknownName "E0201" "unknown name";
    DeclaredTwice "E0202" "declared twice";
    BuiltInName "E0203" "the name of something built in";
    DefinitionCycle "E0204" "definitions that need each other";
    AssignToConstant "E0205" "assignment to something that cannot change";
    ArgumentCount "E0206" "wrong number of arguments";
    EquationForNonState "E0207" "an equation for something that is not a state";
    StateNeverChanges "E0208" "a state that nothing changes";
    TwoEquations "E0209" "two equations for one state";
    NotAFunction "E0210" "a value called like a function, or a function used as a value";
    NotAValue "E0211" "a truth value where a number is needed, or the other way round";
    Misplaced "E0212" "a name that cannot be used in this place";

    UnitMismatch "E0301" "sum or comparison of two dimensions";
    EquationUnits "E0302" "the sides of an equation differ in dimension";
    AnnotationUnits "E0303" "value and declared unit differ in dimension";
    ArgumentUnits "E0304" "an argument that must be dimensionless";
    ExponentUnits "E0305" "an exponent that is not a dimensionless constant rational";
    UnknownUnit "E0306" "unknown unit";
    AssignUnits "E0307" "an assignment that changes the dimension";
    NoiseUnits "E0308" "a noise term without 1/sqrt(time)";

    RhsDerivative "E0401" "a derivative on the right-hand side";
    LeftFactor "E0402" "a factor of the derivative that depends on the state or is zero";
    DivisionByZero "E0403" "division by zero";
    NoiseFactor "E0404" "a noise that is not a term with a constant factor";
    NoiseInCondition "E0405" "a noise in a condition";
    NumberRange "E0406" "a number that a 64-bit float cannot hold";
    NoiseGiven "E0407" "a noise whose numbers cannot be given";
    MissingEquation "E0408" "a model without states";

    PortNeverUsed "E0501" "an event port that nothing receives";
    UnknownPort "E0502" "unknown event port";
    HoldNonState "E0503" "hold of something that is not a state";
    AcceptWithoutHold "E0504" "accept without hold";
    SpikeTwice "E0505" "more than one spike condition or refractory period";
    RisingRandom "E0506" "rising on a random condition";
    RefractoryWithoutSpike "E0507" "a refractory period without a spike condition";

    NotLinear "E0601" "an equation that has no exact update";
    NonFinitePropagator "E0602" "a propagator that is not finite for these values";
    BadTimeStep "E0603" "a time step that is not positive and finite";
    ParameterRange "E0604" "a parameter outside its allowed range";
    NoGradient "E0605" "a model that has no gradient, or not the one that was asked for";
    BadTolerance "E0606" "a tolerance that no solver can keep";
    NoisySubSteps "E0607" "noise where a solver takes sub-steps";

    FileTooLarge "E0701" "file too large";
    NestedTooDeep "E0702" "nested too deeply";
    TooManyTokens "E0703" "too many tokens";
    TooManyStates "E0704" "too many states";
    TooManyNodes "E0705" "equations too large";
    NotText "E0706" "not a text in UTF-8";
    TooManyDefinitions "E0707" "too many definitions";
    NotEnoughMemory "E0708" "more memory than there is";
    TooManyInstructions "E0709" "too many instructions";
    TooManySteps "E0710" "more steps than can be counted";

    TooManySubSteps "E0810" "a step that does not end within the sub-steps allowed";

    StillTrueAfterReset "W0701" "spike condition still true after the reset";
    OnBlockNotAffine "W0702" "an event block that is not affine in its weight";
    DiscardedEvent "W0703" "events that a held state does not see";
    RefractoryRounded "W0704" "a refractory period that is no multiple of the time step";
    SingularityRepaired "W0706" "a removable singularity that was repaired";
    UnstableBlock "W0708" "linear equations that grow without bound";
    UnusedName "W0709" "unused name";
    FloatEquality "W0710" "equality test on floating-point numbers";
    ThresholdOutOfReach "W0711" "a threshold out of reach";
    NoReset "W0712" "a spike without a reset";
    NeverRead "W0713" "a state that is written and never read";
    DynamicRange "W0714" "numbers too far apart for single precision";
    NumberUnderflow "W0715" "a number that rounds to zero";
    InputNotConnected "W0716" "an input that nothing is connected to";
    IdleOption "W0717" "an option that comes to nothing";

    NonFiniteState "E0801" "a state that is not finite";
    ArrayLength "E0802" "an array whose length does not fit";
    InputNotFinite "E0803" "an input that is not finite";
    FileAccess "E0804" "a file that cannot be read or written";
    OptionValue "E0805" "a value that cannot be used";
    FileContent "E0806" "a file whose content cannot be used";
    MissingValue "E0807" "a parameter without a value";
    Undeliverable "E0808" "an event that cannot be delivered";
    NotRecordable "E0809" "something that cannot be recorded";
    WhichModel "E0811" "a model that is not in the file, or not named";
    NoKernel "E0815" "no code for this machine";
}

impl Code {
    /// Whether the code refuses a model or only warns.
    #[must_use]
    pub fn severity(self) -> Severity {
        if self.as_str().starts_with('E') {
            Severity::Error
        } else {
            Severity::Warning
        }
    }

    /// The code that prints as `text`.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::Code;

    #[test]
    fn each_code_is_unique_and_found_by_its_text() {
        for &code in Code::ALL {
            assert_eq!(Code::from_text(code.as_str()), Some(code));
        }
    }
}
