//! Is the page of the models what the files say?

use crate::gallery::stimulus::{STIMULI, Stimulus};
use crate::gallery::table::{class, explanation, sources, title, with_table};
use crate::gallery::{folder, names};

use super::all;

/// The largest picture in bytes.
const PICTURE: u64 = 25_000;

/// The models whose equations are all linear, told by hand.
const LINEAR: [&str; 23] = [
    "alif",
    "alif_bellec2020",
    "alif_bellec_discrete",
    "amat2",
    "cuba_lif",
    "gif_mihalas_niebur",
    "gif_psc_exp",
    "glif1",
    "glif2",
    "glif3",
    "glif4",
    "glif5",
    "leaky_integrator",
    "lif_alpha",
    "lif_bellec_discrete",
    "lif_biexp",
    "lif_delta",
    "lif_exp",
    "lif_ou",
    "lif_resonator",
    "mat2",
    "pp_psc_delta",
    "resonate_and_fire",
];

#[test]
fn the_table_is_the_one_that_the_files_give() {
    let page = std::fs::read_to_string(folder().join("README.md")).expect("the page");
    let wanted = with_table(&page).expect("a place for the table");
    let changed = page.lines().zip(wanted.lines()).find(|(found, wanted)| found != wanted);
    assert!(
        page == wanted,
        "run `cargo run --release -p alif-tests --example gallery`: {changed:?}"
    );
}

#[test]
fn linear_models_are_exact_and_no_others() {
    for (name, model) in all() {
        let class = class(&explanation(&model));
        assert_eq!(class == "linear", LINEAR.contains(&name.as_str()), "{name} is {class}");
    }
}

#[test]
fn every_model_has_a_picture_and_no_other_is_left() {
    let entries = std::fs::read_dir(folder().join("pictures")).expect("the folder of pictures");
    let mut pictures: Vec<String> = entries
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    pictures.sort();
    let wanted: Vec<String> = names().iter().map(|name| format!("{name}.svg")).collect();
    assert_eq!(pictures, wanted);
    for picture in pictures {
        let size = std::fs::metadata(folder().join("pictures").join(&picture))
            .expect("a file")
            .len();
        assert!(size < PICTURE, "{picture} has {size} bytes");
    }
}

#[test]
fn every_model_says_where_it_is_from_and_what_its_parameters_are() {
    for (name, model) in all() {
        let checked = &model.compiled().model;
        assert!(!title(&model).is_empty(), "{name} has no title");
        assert!(!sources(&checked.docs).is_empty(), "{name} has no source");
        for param in &checked.params {
            assert!(!param.docs.is_empty(), "{name}: what is `{}`?", param.name);
        }
    }
}

#[test]
fn the_canonical_form_is_the_one_in_the_file() {
    for name in names() {
        let text = std::fs::read_to_string(folder().join(&name).with_extension("alif")).expect("a text");
        let tree = alif_grammar::parse(&text).unwrap_or_else(|error| panic!("{name}: {error:?}"));
        assert_eq!(
            alif_grammar::print(&tree, &text),
            text,
            "{name}: run `alif fmt --write`"
        );
    }
}

#[test]
fn under_its_stimulus_every_model_but_the_readout_fires() {
    let shown: Vec<&str> = STIMULI.iter().map(|stimulus| stimulus.model).collect();
    assert_eq!(shown, names(), "one stimulus for each model, in the order of names");
    for (name, model) in all() {
        let stimulus = Stimulus::of(&name).expect("a stimulus");
        let [before, after] = stimulus.run(&model);
        let fires = after.spike_count > 0;
        assert_eq!(fires, name != "leaky_integrator", "{name}");
        // The one fires by itself, the other since a spike arrives.
        let early = ["traub_miles", "hodgkin_huxley"].contains(&name.as_str());
        assert_eq!(before.spike_count, u64::from(early), "{name}");
    }
}
