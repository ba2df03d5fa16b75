import Jinja
import Planner
import Project
import Testing

@Suite("What is up to date")
struct UpToDateTests {
  private var shop: ProjectFixture {
    var fixture = ProjectFixture()
    fixture.source("raw", "orders")
    fixture.model("stg", reads: ["source.raw.orders"], .view)
    fixture.model("eph", reads: ["stg"], .ephemeral)
    fixture.model("orders", reads: ["eph"])
    fixture.model("totals", reads: ["orders"])
    return fixture
  }

  /// A ledger in which all was published, in order, with a source of this version.
  private func ledger(_ fixture: ProjectFixture, source: DataVersion = .known("1")) throws
    -> PublicationLedger
  {
    let project = fixture.project
    let graph = try Graph(project)
    var ledger = PublicationLedger(
      project: project, graph: graph, publications: [:], sources: [fixture.id("source.raw.orders"): source])
    for id in graph.order where project.node(id).map({ $0.config.materialization != .ephemeral }) == true {
      ledger.record(publication(ledger.inputs(of: id).text), of: id)
    }
    return ledger
  }

  private func publication(_ inputs: String?, version: String = "run 1") -> Publication {
    var publication = Publication(
      fingerprint: Fingerprint("a b c d e"), version: version, publishedAt: 7, inputs: inputs)
    publication.outsideDigest = "outside"
    return publication
  }

  private func facts(_ change: (inout UpToDate.Facts) -> Void = { _ in }) -> UpToDate.Facts {
    var facts = UpToDate.Facts(
      fingerprint: Fingerprint("a b c d e"), outsideDigest: "outside", isPresent: true)
    change(&facts)
    return facts
  }

  private func decide(
    _ name: String, _ fixture: ProjectFixture? = nil, _ ledger: PublicationLedger? = nil,
    _ change: (inout UpToDate.Facts) -> Void = { _ in }
  ) throws -> UpToDate {
    let fixture = fixture ?? shop
    let node = try #require(fixture.project.node(fixture.id(name)))
    return UpToDate.decide(node, try ledger ?? self.ledger(fixture), facts(change))
  }

  @Test("a node that is as it was is up to date, with the moment of its last success")
  func unchanged() throws {
    for name in ["stg", "orders", "totals"] { #expect(try decide(name) == .yes(since: 7)) }
  }

  @Test("what changed is said, and what cannot be told counts as changed")
  func reasons() throws {
    #expect(try decide("orders") { $0.fingerprint = Fingerprint("x b c d e") } == .no("its code changed"))
    #expect(
      try decide("orders") { $0.fingerprint = Fingerprint("a b x d e") }
        == .no("a macro that it calls changed"))
    #expect(
      try decide("orders") { $0.isPresent = false } == .no("what it made is not in the warehouse any more"))
    #expect(
      try decide("orders") { $0.outsideDigest = "other" } == .no("a variable or macro that it uses changed"))
    #expect(try decide("orders") { $0.files = "f" } == .no("its files are not as it wrote them"))
    #expect(
      try decide("orders") { $0.forced = "--full-refresh was given" } == .no("--full-refresh was given"))
    var unknown = try ledger(shop)
    unknown.forget(shop.id("orders"))
    #expect(try decide("orders", nil, unknown) == .no("no earlier success is known"))
    #expect(
      try decide("totals", nil, unknown) == .no("it reads orders, of which no success is known"))
  }

  @Test("newer data is seen through views and ephemeral models, and no further than the next table")
  func newerData() throws {
    let before = try ledger(shop)
    let project = shop.project
    let graph = try Graph(project)
    let published = ["stg", "orders", "totals"].map { (shop.id($0), before.publication(of: shop.id($0))!) }
    func after(_ source: DataVersion) -> PublicationLedger {
      PublicationLedger(
        project: project, graph: graph, publications: Dictionary(uniqueKeysWithValues: published),
        sources: [shop.id("source.raw.orders"): source])
    }
    #expect(try decide("stg", nil, after(.known("2"))) == .no("what it reads has newer data"))
    #expect(try decide("orders", nil, after(.known("2"))) == .no("what it reads has newer data"))
    #expect(try decide("totals", nil, after(.known("2"))) == .yes(since: 7))
    #expect(try decide("orders", nil, after(.unknown("raw.orders, …"))) == .no("it reads raw.orders, …"))
    var rebuilt = before
    rebuilt.record(
      publication(before.inputs(of: shop.id("orders")).text, version: "run 2"), of: shop.id("orders"))
    #expect(try decide("totals", nil, rebuilt) == .no("what it reads has newer data"))
  }

  @Test("what may give something else by itself is done again, unless its configuration says otherwise")
  func unsteady() throws {
    func decision(_ values: DataValue) throws -> UpToDate {
      var fixture = shop
      let index = try #require(fixture.nodes.firstIndex { $0.name == "totals" })
      fixture.nodes[index].config.values = values
      var ledger = try ledger(fixture)
      var known = publication(ledger.inputs(of: fixture.id("totals")).text)
      known.unsteadiness = "it uses now()"
      ledger.record(known, of: fixture.id("totals"))
      return try decide("totals", fixture, ledger)
    }
    #expect(try decision(.dict(DataMap())) == .no("it uses now()"))
    #expect(try decision(["always_run": false]) == .yes(since: 7))
    #expect(try decision(["always_run": true]) == .no("it is configured with always_run"))
  }

  @Test("a load is always done, and what it brought decides over what reads it")
  func loads() throws {
    var fixture = ProjectFixture()
    fixture.load("crm", ["people"])
    fixture.model("people", reads: ["source.crm.people"])
    let known = try ledger(fixture)
    #expect(try decide("load.crm", fixture, known) == .no("a load asks its source"))
    #expect(try decide("people", fixture, known) == .yes(since: 7))
    var loaded = known
    loaded.record(publication("", version: "run 2"), of: fixture.id("load.crm"))
    #expect(try decide("people", fixture, loaded) == .no("what it reads has newer data"))
  }
}
