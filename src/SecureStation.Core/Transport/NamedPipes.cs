using System.IO.Pipes;

namespace SecureStation.Core.Transport;

/// <summary>Connections over named pipes of this machine, within one user's own: both ends check that the other is the same user's.</summary>
internal static class NamedPipes
{
    private const int PatienceMilliseconds = 2000;

    /// <summary>How a pipe is opened, on both sides.</summary>
    public const PipeOptions Options = PipeOptions.Asynchronous | PipeOptions.CurrentUserOnly;

    /// <summary>Refuses named pipes where the system has none. (.NET has them everywhere, as sockets in a folder of its own.)</summary>
    /// <exception cref="StationException"><see cref="StationFault.InvalidArgument"/></exception>
    public static void RequireWindows()
    {
        if (!OperatingSystem.IsWindows())
        {
            throw new StationException(StationFault.InvalidArgument, "Named pipes are Windows'. Here a Unix socket does the same: 'unix:./station.sock'.");
        }
    }

    /// <summary>Connects to a pipe of this user.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ConnectFailed"/>: nobody listens, or another user; <see cref="StationFault.InvalidArgument"/>: not on Windows.</exception>
    public static async Task<StreamTransport> ConnectAsync(StationAddress address, CancellationToken cancellationToken)
    {
        RequireWindows();
        return await DialAsync(address, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same on every system, for tests.</summary>
    internal static async Task<StreamTransport> DialAsync(StationAddress address, CancellationToken cancellationToken)
    {
        var pipe = new NamedPipeClientStream(".", address.Path, PipeDirection.InOut, Options);
        try
        {
            // A listener that is about to open its next end has none for a moment; one that is not there never has.
            await pipe.ConnectAsync(PatienceMilliseconds, cancellationToken).ConfigureAwait(false);
            return new StreamTransport(pipe, address.ToString());
        }
        catch (Exception e) when (e is IOException or TimeoutException or UnauthorizedAccessException)
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            string why = e switch
            {
                TimeoutException => "nobody listens there.",
                UnauthorizedAccessException => "it is another user's.",
                _ => e.Message,
            };
            throw new StationException(StationFault.ConnectFailed, $"Cannot connect to '{address}': {why}", e)
            {
                Stage = HandshakeStage.Connect,
                Address = address.ToString(),
            };
        }
        catch
        {
            await pipe.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }
}
