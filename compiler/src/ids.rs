//! Typed indices: the number of a parameter is not the number of a state.

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The id of the `index`-th of its kind.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect("the limits of `check` keep counts far below 2^32"))
            }

            /// As an index into a list.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

id! {
    /// A parameter of a model.
    ParamId;
    /// A `let` of a model.
    LetId;
    /// A state of a model.
    StateId;
    /// A continuous input of a model.
    InputId;
    /// An event port of a model.
    PortId;
    /// A white noise of a model.
    NoiseId;
    /// An expression of a checked model.
    ExprId;
    /// A node of a symbolic graph.
    NodeId;
    /// A value of a step program.
    Value;
    /// A coefficient: what `prepare` hands to the step.
    CoefId;
}
