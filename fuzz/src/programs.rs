//! Arbitrary programs, whose steps are made of bytes.

/// The length of the longest program. The runner's own choice, 16 steps, is too short to fill a log.
pub(crate) const MAX_STEPS: usize = 256;

/// Runs programs, and prints how many steps they had. It is a macro because the runner stores inputs by the
/// name of the test that calls it.
macro_rules! check {
    ($step:expr, $run:expr) => {{
        use std::sync::atomic::{AtomicUsize, Ordering};

        let taken = AtomicUsize::new(0);
        let programs = bolero::produce::<Vec<_>>().with().len(0..=crate::programs::MAX_STEPS);
        bolero::check!().with_generator(programs).for_each(|steps| {
            $run(steps.iter().copied().map($step));
            taken.fetch_add(steps.len(), Ordering::Relaxed);
        });
        println!("{} steps", taken.into_inner());
    }};
}
pub(crate) use check;
