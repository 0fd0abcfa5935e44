//! scratch
fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let file = alif_grammar::parse(&text).unwrap();
    let c = alif_compiler::compile(&file.models[0]).unwrap();
    let spec = alif_core::Specialization { coefficients: vec![false; c.program.layout.coefficients], inputs: vec![false; c.program.layout.inputs] };
    use alif_compiler::backend::cranelift::*;
    println!("{}", clif::<f32>(&c.program, &spec).unwrap());
    match compile::<f32>(&c.program, &spec, JitOptions { verifier: true, fma: true }) { Err(e) => println!("{e:?}"), Ok(_) => println!("ok") };
}
