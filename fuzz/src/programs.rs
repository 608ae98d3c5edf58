//! Arbitrary programs, whose steps are made of bytes.

/// The longest program. The runner's own choice would be 16 steps, which is too short to fill a log.
pub(crate) const MOST: usize = 256;

/// Runs programs, and says how many steps they had. A macro, since the runner names its inputs for the test.
macro_rules! check {
    ($step:expr, $run:expr) => {{
        use std::sync::atomic::{AtomicUsize, Ordering};

        let taken = AtomicUsize::new(0);
        let programs = bolero::produce::<Vec<_>>().with().len(0..=crate::programs::MOST);
        bolero::check!().with_generator(programs).for_each(|steps| {
            $run(steps.iter().copied().map($step));
            taken.fetch_add(steps.len(), Ordering::Relaxed);
        });
        println!("{} steps", taken.into_inner());
    }};
}
pub(crate) use check;
