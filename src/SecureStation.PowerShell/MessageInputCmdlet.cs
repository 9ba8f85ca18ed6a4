using System.Management.Automation;
using SecureStation.Core.Messages;
using SecureStation.Serialization;
using NotNullWhen = System.Diagnostics.CodeAnalysis.NotNullWhenAttribute;

namespace SecureStation;

/// <summary>What the cmdlets share that make messages of a script's values: -InputObject and -Depth, and what is refused.</summary>
public abstract class MessageInputCmdlet : IdentityCmdlet
{
    // Made once: it is asked for each record.
    private readonly Func<bool> _isStopping;
    private bool _hasWarned;

    /// <summary>For the cmdlets.</summary>
    protected MessageInputCmdlet() => _isStopping = () => StopToken.IsCancellationRequested;

    /// <summary>The value. It binds by value only, because users' objects have properties of all names.</summary>
    [Parameter(Mandatory = true, Position = 1, ValueFromPipeline = true)]
    [AllowNull]
    [AllowEmptyString]
    [AllowEmptyCollection]
    public virtual object? InputObject { get; set; }

    /// <summary>How many levels of an object are kept as what they are; deeper ones as text.</summary>
    [Parameter]
    [ValidateRange(0, ObjectBody.MaxDepth - 1)]
    public int Depth { get; set; } = ObjectBody.DefaultDepth;

    private protected override string? KeyStoreFolder => null;

    /// <summary>The message for the current input; false, with an error written, where it holds a secret.</summary>
    /// <param name="inReplyTo">The id of the message that it answers; 0 for none.</param>
    /// <param name="message">The message.</param>
    private protected bool TryMakeMessage(ulong inReplyTo, [NotNullWhen(true)] out OutgoingMessage? message)
    {
        // Not WriteError: an array of a million bytes would give a million errors.
        if (InputObject is byte or PSObject { BaseObject: byte })
        {
            ThrowTerminatingError(StationErrors.Record(
                "A single byte came down the pipeline: PowerShell has taken an array apart. Nothing of it was taken.", StationErrors.UnrolledBytes, InputObject));
        }

        try
        {
            message = MessageBodies.ToMessage(InputObject, Depth, inReplyTo, _isStopping, out string? warning);
            if (warning is not null && !_hasWarned)
            {
                _hasWarned = true;
                WriteWarning(warning);
            }

            return true;
        }
        catch (SecretException refused)
        {
            WriteError(StationErrors.Record(refused, StationErrors.SecretRefused, InputObject));
            message = null;
            return false;
        }
    }
}
