// expected `&mut _`, found `GaussHermite<5>`
// consider mutably borrowing here
let _ = filter.update(&mut sensor, 1.0, estimator)?;
