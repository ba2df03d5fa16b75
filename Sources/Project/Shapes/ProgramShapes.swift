/// What connections to programs that print rows may say, and the tables that are read from them.
enum ProgramShapes {
  private static let surroundings: [Field] = [
    Field("environment", .dictionary(.text), "environment variables that the program gets beside Weir's own"),
    Field("folder", .text, "the folder it runs in, from the project's; the project's own unless said"),
    Field("timeout", .duration, "how long it may run; as long as it likes unless said"),
  ]

  static let commandConnection: [Field] =
    [
      Field(
        "command", .oneOrMore(.text), "the program and its arguments, or one line for the shell",
        isRequired: true),
      format,
    ] + surroundings

  static let commandTable: [Field] = [
    Field("arguments", .oneOrMore(.text), "further arguments for this table"), format,
  ]

  static let singerConnection: [Field] =
    [
      Field("tap", .oneOrMore(.text), "the tap's program, and arguments if it takes any", isRequired: true),
      Field("config", .dictionary(.anything), "the tap's configuration"),
      Field("catalog", .text, "a catalog file to use in place of the tap's discovery"),
    ] + surroundings

  private static let format = Field(
    "format", .choice(["ndjson", "csv", "tsv", "arrow"]),
    "what the program prints: ndjson unless said; arrow is Arrow's IPC stream format")
}
