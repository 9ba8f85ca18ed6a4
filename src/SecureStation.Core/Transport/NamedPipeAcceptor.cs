using System.IO.Pipes;

namespace SecureStation.Core.Transport;

/// <summary>Accepts connections on a named pipe, from processes of this user alone. One at a time may wait in <see cref="AcceptAsync"/>.</summary>
internal sealed class NamedPipeAcceptor : IConnectionAcceptor
{
    private NamedPipeServerStream _next;
    private volatile bool _isDisposed;

    private NamedPipeAcceptor(StationAddress address, NamedPipeServerStream first)
    {
        Address = address;
        _next = first;
    }

    public StationAddress Address { get; }

    /// <summary>Opens the pipe.</summary>
    /// <exception cref="StationException"><see cref="StationFault.ListenFailed"/>: there is one of that name.</exception>
    public static NamedPipeAcceptor Open(StationAddress address)
    {
        try
        {
            // The first of its name: else it would be one more end of somebody else's pipe.
            return new NamedPipeAcceptor(address, OpenEnd(address.Path, PipeOptions.FirstPipeInstance));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StationException(StationFault.ListenFailed, $"Cannot listen on '{address}': {e.Message}", e) { Address = address.ToString() };
        }
    }

    public async ValueTask<ITransport> AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            NamedPipeServerStream pipe = _next;
            try
            {
                await pipe.WaitForConnectionAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (!_isDisposed && e is IOException or UnauthorizedAccessException)
            {
                // It has left already, or was another user's: this end is spent.
                await OpenNextAsync(pipe).ConfigureAwait(false);
                await pipe.DisposeAsync().ConfigureAwait(false);
                continue;
            }

            // Before this one is served, so that the next finds an end.
            await OpenNextAsync(pipe).ConfigureAwait(false);
            return new StreamTransport(pipe, Address.ToString());
        }
    }

    public ValueTask DisposeAsync()
    {
        _isDisposed = true;
        return _next.DisposeAsync();
    }

    private async ValueTask OpenNextAsync(NamedPipeServerStream spent)
    {
        try
        {
            _next = OpenEnd(Address.Path);
        }
        catch
        {
            await spent.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        if (_isDisposed)
        {
            await _next.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static NamedPipeServerStream OpenEnd(string name, PipeOptions more = PipeOptions.None) =>
        new(name, PipeDirection.InOut, NamedPipeServerStream.MaxAllowedServerInstances, PipeTransmissionMode.Byte, NamedPipes.Options | more);
}
