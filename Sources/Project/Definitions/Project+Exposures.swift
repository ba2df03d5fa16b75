extension Project {
  /// The exposure of that name.
  public func exposure(_ id: NodeID) -> Exposure? {
    var (low, high) = (0, exposures.count)
    while low < high {
      let middle = (low + high) / 2
      if exposures[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < exposures.count && exposures[low].id == id ? exposures[low] : nil
  }
}
