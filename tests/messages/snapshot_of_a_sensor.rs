// has no snapshot
// save the state (`Filter`, `Gaussian`
fn keep<S: Snapshot>(state: &S, buffer: &mut [u8]) -> Result<usize, Error> {
    state.save(buffer).map(<[u8]>::len)
}
let _ = keep(&sensor, &mut [0; 64])?;
