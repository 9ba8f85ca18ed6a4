using SecureStation.Core.Tests;

namespace SecureStation.Nats.Tests;

/// <summary>Servers of the tests of a class, ended with it.</summary>
public sealed class NatsServerFixture : IDisposable
{
    /// <summary>How long a server may take to answer on a machine that others keep busy.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();
    private readonly List<NatsServerProcess> _servers = [];

    internal NatsServerProcess StartAnother(string? configuration = null)
    {
        lock (_servers)
        {
            var server = NatsServerProcess.Start(_folder.File($"{_servers.Count}"), configuration);
            _servers.Add(server);
            return server;
        }
    }

    public void Dispose()
    {
        foreach (NatsServerProcess server in _servers)
        {
            server.Dispose();
        }

        _folder.Dispose();
    }
}
