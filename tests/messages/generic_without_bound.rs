// restricting type parameter `P` with trait `Observe`
fn read<P>(filter: &mut Filter<f32, 2>, sensor: &mut Sensor<P, Normal<f32>>) -> Result<f32, Error> {
    Ok(filter.update(sensor, 1.0, &mut GaussHermite::<5>::new())?.mean())
}
