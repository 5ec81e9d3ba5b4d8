// elbow does not compute in `{integer}`
// write numbers with a point (`1.0`, not `1`)
let _ = Filter::new(Gaussian::diagonal([0], [1])?);
