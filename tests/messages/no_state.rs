// a distribution needs at least one unknown
let _ = Filter::<f32, 0>::new(Gaussian::standard());
