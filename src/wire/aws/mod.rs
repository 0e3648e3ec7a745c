//! STUB
pub struct Options {
    pub port: u16,
    pub no_auth: bool,
    pub reset: Option<std::sync::Arc<dyn Fn() -> anyhow::Result<()> + Send + Sync>>,
}
impl Default for Options {
    fn default() -> Self {
        Self { port: 0, no_auth: false, reset: None }
    }
}
pub struct Server {
    pub addr: std::net::SocketAddr,
}
pub async fn serve(_g: std::sync::Arc<dyn super::Gateway>, _o: Options) -> anyhow::Result<Server> {
    anyhow::bail!("stub")
}
