//! Takes a reading of the machine each second, once for all clients.

use std::mem;
use std::sync::Arc;

use rocket::fairing::AdHoc;
use rocket::tokio::time::{Duration, Instant, MissedTickBehavior, interval_at};
use rocket::tokio::{select, spawn};
use sysinfo::{Cpu, MINIMUM_CPU_UPDATE_INTERVAL, NetworkData, Networks, System};

use crate::readings::{Reading, Readings};

/// Samples while the server runs.
///
/// # Panics
///
/// If this is no system that can be sampled.
pub(crate) fn fairing(readings: Arc<Readings>) -> AdHoc {
    let sampler = Sampler::new().expect("this system can be sampled");
    AdHoc::on_liftoff("Sampler", |rocket| {
        let shutdown = rocket.shutdown();
        Box::pin(async move {
            spawn(async move {
                select! {
                    () = sample_each_second(sampler, &readings) => {}
                    () = shutdown => {}
                }
            });
        })
    })
}

async fn sample_each_second(mut sampler: Sampler, readings: &Readings) {
    let first = Instant::now() + MINIMUM_CPU_UPDATE_INTERVAL;
    let mut every_second = interval_at(first, Duration::from_secs(1));
    every_second.set_missed_tick_behavior(MissedTickBehavior::Delay);
    for number in 1.. {
        every_second.tick().await;
        readings.add(&sampler.sample(number));
    }
}

struct Sampler {
    system: System,
    networks: Networks,
    sampled_at: Instant,
}

impl Sampler {
    /// Takes the first look, from which usage and traffic are counted.
    fn new() -> Result<Self, sysinfo::Error> {
        let mut system = System::new()?;
        system.refresh_cpu_usage();
        let networks = Networks::new_with_refreshed_list()?;
        Ok(Self { system, networks, sampled_at: Instant::now() })
    }

    fn sample(&mut self, number: u64) -> Reading {
        self.system.refresh_cpu_usage();
        self.system.refresh_memory();
        self.networks.refresh(true);
        let now = Instant::now();
        let elapsed = now - mem::replace(&mut self.sampled_at, now);
        let (received, sent) = self.traffic();
        Reading {
            number,
            cpu: self.system.global_cpu_usage(),
            cores: self.system.cpus().iter().map(Cpu::usage).collect(),
            memory_used: self.system.used_memory(),
            memory_total: self.system.total_memory(),
            received: per_second(received, elapsed),
            sent: per_second(sent, elapsed),
        }
    }

    /// The bytes received and sent since the last look: those of other machines, unless
    /// there is no network but the loopback.
    fn traffic(&self) -> (u64, u64) {
        let alone = self.networks.values().all(is_loopback);
        let counted = self.networks.values().filter(|network| alone || !is_loopback(network));
        counted.fold((0, 0), |(received, sent), network| {
            (received + network.received(), sent + network.transmitted())
        })
    }
}

fn is_loopback(network: &NetworkData) -> bool {
    network.ip_networks().iter().any(|network| network.addr.is_loopback())
}

fn per_second(bytes: u64, elapsed: Duration) -> u128 {
    u128::from(bytes) * 1000 / elapsed.as_millis().max(1)
}
