//! Every picture that can be asked for is drawn, in both formats.

use super::*;
use crate::record::Spike;

/// A made-up run: neurons charge towards 25 mV, fire at a threshold that jumps and decays, and start again.
pub(super) fn run(neurons: usize, steps: u64, recorded: &[u32]) -> Recording {
    let mut spikes = Vec::new();
    let mut potential = Vec::new();
    let mut threshold = Vec::new();
    let mut state: Vec<(f64, f64)> = (0..neurons)
        .map(|k| (20.0 * (k as f64 * 0.618).fract() - 5.0, 0.0))
        .collect();
    let mut spike_count = 0;
    for step in 0..steps {
        for (neuron, (v, a)) in state.iter_mut().enumerate() {
            let drive = 25.0 + 4.0 * (neuron as f64 * 0.754).fract() + libm::sin(step as f64 * 0.002) * 6.0;
            *v += (drive - *v) * 0.005;
            *a *= 0.9995;
            if *v >= 20.0 + *a {
                *v = 0.0;
                *a += 1.0;
                spike_count += 1;
                let neuron = neuron as u32;
                spikes.push(Spike { step, neuron });
            }
        }
        for neuron in recorded {
            let (v, a) = state[*neuron as usize];
            potential.push(v - 70.0);
            threshold.push(a - 50.0);
        }
    }
    let trace = |name: &str, values| Trace {
        name: name.to_owned(),
        unit: "mV".to_owned(),
        neurons: recorded.to_vec(),
        shape: recorded.len().into(),
        steps: (0..steps).collect(),
        values,
    };
    Recording {
        dt: 0.1,
        first_step: 0,
        steps,
        neurons,
        shape: neurons.into(),
        spike_count,
        spikes,
        traces: vec![trace("V", potential), trace("V_th", threshold)],
    }
}

fn figure<'a>(title: &str, recording: &'a Recording) -> Figure<'a> {
    Figure {
        title: title.to_owned(),
        recording,
        potential: recording.trace("V"),
        threshold: recording.trace("V_th"),
    }
}

/// Draws both formats. With `ALIF_TEST_PLOTS` naming a folder, the pictures are kept there to be looked at.
fn draws<P: Picture>(name: &str, picture: &P) -> (Vec<u8>, String) {
    let (pixels, shapes) = (png(picture).expect("draws"), svg(picture).expect("draws"));
    if let Some(folder) = std::env::var_os("ALIF_TEST_PLOTS") {
        let folder = PathBuf::from(folder);
        write(picture, &folder.join(format!("{name}.png"))).expect("writes");
        write(picture, &folder.join(format!("{name}.svg"))).expect("writes");
    }
    assert!(pixels.starts_with(b"\x89PNG"));
    let (width, height) = P::SIZE;
    let size = format!("<svg width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width}0 {height}0\"");
    assert!(shapes.starts_with(&size));
    assert!(shapes.trim_end().ends_with("</svg>"));
    (pixels, shapes)
}

#[test]
fn populations() {
    let one = run(1, 10_000, &[0]);
    draws("one", &figure("alif: 1 neuron, dt = 0.1 ms", &one));
    let few = run(12, 10_000, &[0, 3]);
    draws("few", &figure("alif: 12 neurons, dt = 0.1 ms", &few));
    let many = run(1000, 10_000, &[0, 1, 2, 3, 4]);
    let (pixels, shapes) = draws("many", &figure("alif: 1000 neurons, I = 15 nA, dt = 0.1 ms", &many));
    for text in [
        "neuron",
        "rate [Hz]",
        "V [mV]",
        "time [ms]",
        "V_th",
        "V of 4 of the 5 recorded",
    ] {
        assert!(shapes.contains(text), "{text}");
    }
    assert_eq!(
        pixels,
        png(&figure("alif: 1000 neurons, I = 15 nA, dt = 0.1 ms", &many)).expect("draws")
    );
}

#[test]
fn without_traces() {
    let mut recording = run(200, 30_000, &[]);
    recording.traces.clear();
    let (_, shapes) = draws("without-traces", &figure("no trace", &recording));
    assert!(!shapes.contains("[mV]") && shapes.contains("time [s]"));
}

#[test]
fn too_many_spikes_are_thinned_and_it_is_said() {
    let mut recording = run(1, 5000, &[0]);
    recording.neurons = 2000;
    recording.spikes = (0..5000)
        .flat_map(|step| (0..2000).map(move |neuron| Spike { step, neuron }))
        .filter(|spike| (spike.step * 7 + u64::from(spike.neuron) * 13) % 300 < 30 + spike.step / 100)
        .collect();
    recording.spike_count = recording.spikes.len() as u64;
    let (_, shapes) = draws("thinned", &figure("many spikes", &recording));
    assert!(shapes.contains("% of the spikes are drawn"));
    assert!(shapes.matches("<rect").count() < DOTS_SVG + 2000);
}

#[test]
fn odd_runs() {
    let mut recording = run(3, 2000, &[0, 2]);
    recording.spikes.clear();
    let (_, shapes) = draws("not-recorded", &figure("spikes not recorded", &recording));
    assert!(shapes.contains("counted, not recorded"));
    recording.spike_count = 0;
    recording.traces[0].values.fill(-70.0);
    recording.traces[1].values.fill(-70.0);
    let (_, shapes) = draws("silent", &figure("silent, constant", &recording));
    assert!(shapes.contains("no spikes"));

    let mut broken = run(2, 2000, &[1]);
    for (index, value) in broken.traces[0].values.iter_mut().enumerate() {
        match index {
            500 => *value = f64::INFINITY,
            600..700 => *value = f64::NAN,
            900 => *value = f64::MAX,
            _ => {}
        }
    }
    broken.traces[1].values.fill(f64::NAN);
    broken.traces[1].unit = "1".to_owned();
    draws("broken", &figure("values that are not finite <&>", &broken));
    broken.traces[0].values.fill(f64::NAN);
    draws("nothing-finite", &figure(&"long title ".repeat(100), &broken));

    draws("one-step", &figure("one step", &run(1, 1, &[0])));
    draws("no-step", &figure("", &run(0, 0, &[])));
    let mut odd = run(1, 10, &[0]);
    odd.dt = f64::NAN;
    draws("no-dt", &figure("", &odd));
    let mut late = run(3, 100, &[0]);
    late.first_step = 1 << 53;
    late.spikes.push(Spike { step: 0, neuron: 7 });
    late.spikes.push(Spike {
        step: late.first_step + 5,
        neuron: 7,
    });
    draws("late", &figure("", &late));
}

fn chart(curves: Vec<Curve>) -> Chart {
    Chart {
        title: "curves".to_owned(),
        x: "input current [nA]".to_owned(),
        y: "firing rate [Hz]".to_owned(),
        curves,
    }
}

fn curve(label: &str, style: Style, y: impl Fn(f64) -> f64) -> Curve {
    Curve {
        label: label.to_owned(),
        points: (0..=50).map(|k| f64::from(k) * 0.02).map(|x| (x, y(x))).collect(),
        style,
    }
}

#[test]
fn curves_with_a_legend() {
    let curves = vec![
        curve("square", Style::Line, |x| 100.0 * x * x),
        curve("cube", Style::Line, |x| 100.0 * x * x * x),
        curve("measured <&>", Style::Marks, |x| 90.0 * x * x),
    ];
    let (pixels, shapes) = draws("curves", &chart(curves.clone()));
    for text in [
        "input current [nA]",
        "firing rate [Hz]",
        "square",
        "cube",
        "measured",
        "100",
    ] {
        assert!(shapes.contains(text), "{text}");
    }
    assert_eq!(
        shapes.matches("<rect").count(),
        1 + 51 + 2,
        "the page, the marks, those of the legend"
    );
    assert_eq!(pixels, png(&chart(curves)).expect("draws"));
}

#[test]
fn many_curves_are_dashed_and_the_legend_ends_in_time() {
    let name = |k: u32| format!("{k} {}", "long name ".repeat(k as usize));
    let curves = (0..40).map(|k| curve(&name(k), Style::Line, |x| x * f64::from(k) - 7.0));
    let (_, shapes) = draws("many-curves", &chart(curves.collect()));
    assert!(shapes.contains("and 22 more"));
}

#[test]
fn odd_curves() {
    let (_, shapes) = draws("no-curves", &chart(Vec::new()));
    assert!(shapes.contains("no finite values"));
    let nothing = curve("nothing", Style::Line, |_| f64::NAN);
    let (_, shapes) = draws("nothing-finite-in-curves", &chart(vec![nothing]));
    assert!(shapes.contains("no finite values"));
    let mut broken = curve("broken", Style::Line, |x| if x == 0.2 { f64::INFINITY } else { -x });
    broken.points[30] = (f64::NAN, 0.0);
    broken.points[40] = (1e308, 1.0);
    let mut point = curve("", Style::Line, |x| x);
    point.points.truncate(1);
    let constant = curve("constant", Style::Marks, |_| 1e-9);
    draws("broken-curves", &chart(vec![broken, point, constant.clone()]));
    draws("constant", &chart(vec![constant]));
}

#[test]
fn formats_by_extension() {
    assert_eq!(Format::of(Path::new("a.b.PNG")).expect("known"), Format::Png);
    assert_eq!(Format::of(Path::new("a.svg")).expect("known"), Format::Svg);
    let recording = run(1, 10, &[0]);
    for name in ["a.pdf", "a", ".png"] {
        let error = draw(&figure("", &recording), Path::new(name)).expect_err("unknown");
        assert!(error.to_string().contains(".png or .svg"), "{error}");
    }
}
