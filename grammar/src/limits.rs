//! How large texts and models may be.

macro_rules! limits {
    ($($(#[$doc:meta])* $field:ident $name:literal $default:expr;)*) => {
        /// How large texts and models may be. What is larger is refused (E07xx) before work is spent on it.
        ///
        /// ```
        /// use alif_grammar::{Limits, parse_with};
        ///
        /// let limits = Limits { tokens: 5, ..Limits::default() };
        /// assert_eq!(parse_with("model M { state x = 0; }", &limits).unwrap_err()[0].code.as_str(), "E0703");
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct Limits {
            $($(#[$doc])* pub $field: usize,)*
        }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($field: $default),* }
            }
        }

        impl Limits {
            /// The names of the limits, as options give them.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// Sets the limit of this name; says whether there is one.
            pub fn set(&mut self, name: &str, most: usize) -> bool {
                match name {
                    $($name => self.$field = most,)*
                    _ => return false,
                }
                true
            }
        }
    };
}

limits! {
    /// Bytes of a text; a limit above 1 GiB counts as 1 GiB.
    file_size "file" 1 << 20;
    /// Nesting of brackets, comments, signs and powers; a limit above [`Limits::DEEPEST`] counts as that.
    nesting "nesting" Limits::DEEPEST;
    /// Words, numbers and symbols of a text.
    tokens "tokens" 200_000;
    /// States of a model, those that kernels and `delayed` make among them.
    states "states" 128;
    /// Definitions of a model.
    definitions "definitions" 1000;
    /// Different expressions that a model comes to, written out.
    expressions "expressions" 200_000;
    /// Instructions of a step, those of functions included.
    instructions "instructions" 20_000;
}

impl Limits {
    /// The deepest nesting that every stack is sure to hold.
    pub const DEEPEST: usize = 128;
    /// The largest text whose places can be counted.
    const LONGEST: usize = 1 << 30;

    /// The most bytes of a text.
    pub(crate) fn longest(&self) -> usize {
        self.file_size.min(Self::LONGEST)
    }

    /// The deepest nesting.
    pub(crate) fn deepest(&self) -> usize {
        self.nesting.min(Self::DEEPEST)
    }

    /// The most bytes of a file that need be read: those of the largest text, of the mark that some editors write before it, and
    /// one more, which shows that the file is larger.
    #[must_use]
    pub fn most_read(&self) -> usize {
        self.longest() + 3 + 1
    }

    /// What to say of a limit that can be raised.
    #[must_use]
    pub fn help(name: &str, needed: usize) -> String {
        format!("where that is meant, raise the limit: `--limit {name}={needed}`, or `limits` of a loader")
    }
}
