// a snapshot of more bytes than its checksum covers: save a smaller N, or f32
let _ = Filter::<f64, 52>::restore(&[])?;
