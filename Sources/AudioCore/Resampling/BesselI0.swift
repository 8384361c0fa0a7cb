/// The modified Bessel function of the first kind and order zero, by its series.
func besselI0(_ x: Double) -> Double {
    let quarter = x * x / 4
    var sum = 1.0
    var term = 1.0
    var index = 1.0
    while term > sum * 1e-18 {
        term *= quarter / (index * index)
        sum += term
        index += 1
    }
    return sum
}
