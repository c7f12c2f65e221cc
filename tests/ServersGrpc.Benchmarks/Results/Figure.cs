namespace ServersGrpc.Benchmarks.Results;

/// <summary>One line of the table.</summary>
/// <param name="Name">What was measured.</param>
/// <param name="Value">What came out.</param>
/// <param name="Reference">What the same run gave for the reference; "" where there is none.</param>
/// <param name="Ratio">The median of the rounds' ratios, subject to reference.</param>
/// <param name="Bar">The promise; null where none was made.</param>
internal sealed record Figure(string Name, string Value, string Reference = "", double? Ratio = null, Bar? Bar = null);
