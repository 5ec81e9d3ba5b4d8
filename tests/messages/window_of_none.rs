// the window W of a Monitor<T, W> has 16 to 4096 readings: Monitor::<f32, 64>, say
let _ = Monitor::<f32, 0>::new(1e-4)?;
