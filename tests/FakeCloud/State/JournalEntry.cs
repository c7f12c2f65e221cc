using System.Text.Json;

namespace ServersGrpc.FakeCloud.State;

/// <summary>One thing as it is from now on, or that it is no more.</summary>
/// <param name="Table">Whose things these are.</param>
/// <param name="Key">Which thing.</param>
/// <param name="Value">Null: gone.</param>
internal sealed record JournalEntry(string Table, string Key, JsonElement? Value);
