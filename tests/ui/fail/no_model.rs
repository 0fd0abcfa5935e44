use alif::alif_model;

alif_model!();

alif_model! { pub }

alif_model! {
    Lif {
        state V = 0;
    }
}

alif_model!(20);

alif_model!(concat!("models/", "lif.alif"));

alif_model!("models/warning.alif", f32);

alif_model! {
    pub struct Lif {
        tau: f64,
    }
}

fn main() {}
