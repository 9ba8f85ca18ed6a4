using System.Diagnostics.CodeAnalysis;
using SecureStation.Core.Framing;

namespace SecureStation.Core.Sessions.Secure;

/// <summary>
/// A connection in a pump's hands, with what its reader, its writer and whoever sends share. All of it is read and changed under the pump's gate, but
/// for what belongs to whoever may write.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="welcome">This side's Welcome where it is still to be written, before anything else.</param>
[SuppressMessage("Design", "CA1001", Justification = "A cancelled source without a timer holds nothing, and a sender may still read its token.")]
internal sealed class PumpedConnection(SecureConnection connection, WelcomeFrame? welcome)
{
    private WelcomeFrame? _welcome = welcome;
    private volatile bool _isOver;

    public SecureConnection Connection => connection;

    /// <summary>Ends reads and writes that are under way.</summary>
    public CancellationTokenSource Stop { get; } = new();

    /// <summary>Whether the session has ended, or goes on with another connection: nothing of this one counts any more. For good.</summary>
    public bool IsOver
    {
        get => _isOver;
        set => _isOver = value;
    }

    /// <summary>Whether the peer is to be told that another connection has taken the session over.</summary>
    public bool IsSuperseded { get; set; }

    /// <summary>Whether somebody may write: whoever set it owns what follows, until it is handed over or given back.</summary>
    public bool IsWriting { get; set; } = welcome is not null;

    /// <summary>Whether a write has failed.</summary>
    public bool IsBroken { get; set; }

    /// <summary>Whether whoever may write has found that the connection is over: the writer is to leave.</summary>
    public bool IsLeft { get; set; }

    public WorkSignal Work { get; } = new();

    public OutgoingBatch Batch { get; } = new();

    /// <summary>Handed over to the writer: the batch is planned.</summary>
    public bool IsPlanned { get; set; }

    /// <summary>Handed over to the writer: this write is under way.</summary>
    public ValueTask? WriteUnderWay { get; set; }

    /// <summary>The orderly end of the transport, once it has begun.</summary>
    public Task Disposing { get; set; } = Task.CompletedTask;

    /// <summary>What is to be written before all else, once.</summary>
    public WelcomeFrame? TakeWelcome()
    {
        (WelcomeFrame? welcome, _welcome) = (_welcome, null);
        return welcome;
    }
}
