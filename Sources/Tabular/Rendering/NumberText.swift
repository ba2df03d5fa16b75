/// A decimal with all the digits of its scale; no zero before the point where the type has no room for one.
func decimalText(_ unscaled: Int128, width: Int, scale: Int) -> String {
  let sign = unscaled < 0 ? "-" : ""
  let digits = String(unscaled.magnitude)
  guard scale > 0 else { return sign + digits }
  let least = width > scale ? scale + 1 : scale
  let padded = String(repeating: "0", count: max(0, least - digits.count)) + digits
  return "\(sign)\(padded.dropLast(scale)).\(padded.suffix(scale))"
}

/// A single-precision number as DuckDB has it: in the fewest digits that give it back, but where two such
/// texts lie equally near, or so short a text lies exactly between two numbers, in those of the same number
/// in double precision.
func floatText(_ value: Float) -> String {
  guard value.isFinite, value != 0 else { return floatText(Double(value)) }
  let magnitude = value.magnitude
  let (digits, exponent) = shortestDigits(magnitude)
  let (exact, _) = shortestDigits(Double(magnitude))
  let isTie = exact.count == digits.count + 1 && exact.last == UInt8(ascii: "5")
  let text = placed(digits, exponent)
  let above = (Double(magnitude) + Double(magnitude.nextUp)) / 2
  let below = (Double(magnitude) + Double(magnitude.nextDown)) / 2
  let isOnBoundary = [above, below].contains { boundary in
    boundary.isFinite && (Double(text) == boundary || shortestDigits(boundary).digits.count < digits.count)
  }
  if isTie || isOnBoundary { return floatText(Double(value)) }
  return (value < 0 ? "-" : "") + text
}

/// A binary floating-point number in the fewest digits that give it back: `0.1`, `1.0`, `1e+16`, `1.5e-05`.
func floatText(_ value: Double) -> String {
  if value.isNaN { return "nan" }
  if value.isInfinite { return value < 0 ? "-inf" : "inf" }
  let sign = value.sign == .minus ? "-" : ""
  if value == 0 { return sign + "0.0" }
  let (digits, exponent) = shortestDigits(value.magnitude)
  return sign + placed(digits, exponent)
}

/// The digits of a number, and the power of ten of the first one.
private func shortestDigits<T: BinaryFloatingPoint & LosslessStringConvertible>(
  _ value: T
) -> (digits: [UInt8], exponent: Int) {
  let parts = String(value).split(separator: "e")
  var exponent = parts.count > 1 ? Int(parts[1]) ?? 0 : 0
  let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
  let whole = Array(mantissa[0].utf8)
  let fraction = mantissa.count > 1 ? Array(mantissa[1].utf8) : []
  exponent += whole.count - 1
  var digits = whole + fraction
  let zero = UInt8(ascii: "0")
  while digits.count > 1, digits.first == zero {
    digits.removeFirst()
    exponent -= 1
  }
  while digits.count > 1, digits.last == zero { digits.removeLast() }
  return (digits, exponent)
}

/// Digits with the point set, or with an exponent where there would be too many zeros.
private func placed(_ digits: [UInt8], _ exponent: Int) -> String {
  let text = String(decoding: digits, as: UTF8.self)
  guard (-4..<16).contains(exponent) else {
    let rest = text.dropFirst()
    let power = String(exponent.magnitude)
    return "\(text.prefix(1))\(rest.isEmpty ? "" : ".")\(rest)e\(exponent < 0 ? "-" : "+")"
      + (power.count < 2 ? "0" : "") + power
  }
  if exponent < 0 { return "0." + String(repeating: "0", count: -exponent - 1) + text }
  let padded = text + String(repeating: "0", count: max(0, exponent + 1 - digits.count))
  let fraction = padded.dropFirst(exponent + 1)
  return "\(padded.prefix(exponent + 1)).\(fraction.isEmpty ? "0" : String(fraction))"
}

/// An integer of any size in decimal digits. Costs the square of its length.
func bignumText(isNegative: Bool, _ magnitude: [UInt8]) -> String {
  // Nine decimal digits a limb, the least significant first.
  var limbs: [UInt64] = [0]
  for byte in magnitude {
    var carry = UInt64(byte)
    for index in limbs.indices {
      let value = limbs[index] * 256 + carry
      limbs[index] = value % 1_000_000_000
      carry = value / 1_000_000_000
    }
    if carry > 0 { limbs.append(carry) }
  }
  var text = String(limbs[limbs.count - 1])
  for limb in limbs.dropLast().reversed() { text += padded(Int(limb), 9) }
  return (isNegative && text != "0" ? "-" : "") + text
}

/// A number with zeros in front up to `width` digits.
func padded(_ number: Int, _ width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}
