namespace ServersGrpc.Simulation.Disk.Store;

/// <summary>What a write does to a state of the store.</summary>
/// <param name="Answer">What the caller is told: a result or a refusal, as <see cref="StoreText"/> has it.</param>
/// <param name="States">The state after each of its transactions; none: nothing is changed.</param>
internal readonly record struct StoreEffect(string Answer, params IReadOnlyList<StoreState> States);
