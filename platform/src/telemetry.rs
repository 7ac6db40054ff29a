//! Logs, metrics and traces. What never goes in: values of fields, addresses with parameters, error texts of the
//! database. Ids, codes, route patterns and durations do.

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::WithExportConfig as _;
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::config::Config;
use crate::error::{Error, Result};

/// Upper bounds of the buckets of durations, in seconds.
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// What must be told to stop, so that the last traces leave.
#[derive(Debug)]
pub struct Telemetry {
    /// Renders the metrics.
    pub metrics: PrometheusHandle,
    traces: Option<SdkTracerProvider>,
}

/// Starts logging to standard error, counting, and tracing when there is an endpoint. Once per process.
///
/// # Errors
/// When the filter or the endpoint cannot be understood.
pub fn start(config: &Config) -> Result<Telemetry> {
    let filter = EnvFilter::try_new(&config.log).map_err(|e| Error::internal(format!("setting log: {e}")))?;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines =
        if config.log_format == "text" { lines.compact().boxed() } else { lines.json().flatten_event(true).boxed() };
    let lines = lines.with_filter(filter);
    let traces = (!config.otlp_endpoint.is_empty()).then(|| exporter(&config.otlp_endpoint)).transpose()?;
    let spans = traces.as_ref().map(|traces| {
        let layer = tracing_opentelemetry::layer().with_tracer(traces.tracer("vantage"));
        // every request, however little is logged; what sending traces does is not traced itself
        layer.with_filter(Targets::new().with_target("platform", LevelFilter::INFO))
    });
    tracing_subscriber::registry().with(spans).with(lines).try_init().map_err(Error::internal)?;
    let metrics = PrometheusBuilder::new()
        .set_buckets(&BUCKETS)
        .map_err(Error::internal)?
        .install_recorder()
        .map_err(Error::internal)?;
    Ok(Telemetry { metrics, traces })
}

fn exporter(endpoint: &str) -> Result<SdkTracerProvider> {
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_endpoint(endpoint)
        .build()
        .map_err(|e| Error::internal(format!("setting otlp_endpoint: {e}")))?;
    let resource = Resource::builder().with_service_name("vantage").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}

impl Telemetry {
    /// Sorts measurements into their buckets now and then; without it they pile up until somebody asks for them.
    pub fn spawn_upkeep(&self) -> tokio::task::JoinHandle<()> {
        let metrics = self.metrics.clone();
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(std::time::Duration::from_secs(5)).await;
                metrics.run_upkeep();
            }
        })
    }

    /// Sends what is left, for at most two seconds.
    pub fn stop(&self) {
        if let Some(traces) = &self.traces {
            let _ = traces.shutdown_with_timeout(std::time::Duration::from_secs(2));
        }
    }
}
