namespace SecureStation.Benchmarks;

/// <summary>One kind of connection under test: how it connects, and how it moves bytes and small messages.</summary>
internal interface IChannel : IAsyncDisposable
{
    string Name { get; }

    /// <summary>Connects, with all that mutual authentication takes, and closes again.</summary>
    Task ConnectOnceAsync();

    /// <summary>Opens the connection that the other measures use.</summary>
    Task OpenAsync();

    /// <summary>One-way: writes of <paramref name="size"/> bytes, <paramref name="count"/> of them; completes when the other side has all.</summary>
    /// <param name="size">Bytes of each.</param>
    /// <param name="count">How many.</param>
    /// <param name="pace">What the sender does before each; null: nothing.</param>
    Task SendAsync(int size, int count, Action? pace = null);

    /// <summary>Round trips of <paramref name="size"/> bytes.</summary>
    Task EchoAsync(int size, int count);
}
