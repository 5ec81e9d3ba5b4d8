// GaussHermite<Q> has 3, 5 or 9 nodes: GaussHermite::<5>, say
let _ = filter.update(&mut sensor, 1.0, &mut GaussHermite::<4>::new())?;
