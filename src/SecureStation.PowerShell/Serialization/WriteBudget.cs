using System.Globalization;
using System.Management.Automation;
using System.Text.Json;
using SecureStation.Core;

namespace SecureStation.Serialization;

/// <summary>How much of an object is written at most, and how long: asked at every value.</summary>
/// <param name="json">What is written to.</param>
/// <param name="depth">How deep, for the message.</param>
/// <param name="isStopping">Whether the pipeline stops.</param>
internal sealed class WriteBudget(Utf8JsonWriter json, int depth, Func<bool> isStopping)
{
    // A body beyond the largest message that any station takes by default is not worth finishing.
    private const int MaxBytes = 64 << 20;

    private int _nodes;

    /// <summary>The values so far.</summary>
    public ref int Nodes => ref _nodes;

    /// <summary>Counts more of them.</summary>
    /// <exception cref="PipelineStoppedException">The pipeline stops.</exception>
    /// <exception cref="StationException"><see cref="StationFault.MessageTooLarge"/></exception>
    public void Count(int nodes)
    {
        if (isStopping())
        {
            throw new PipelineStoppedException();
        }

        if ((_nodes += nodes) > ObjectBody.MaxNodes)
        {
            throw new StationException(
                StationFault.MessageTooLarge,
                string.Create(CultureInfo.InvariantCulture, $"The object has more than {ObjectBody.MaxNodes} values at depth {depth}."));
        }

        if (json.BytesCommitted + json.BytesPending > MaxBytes)
        {
            throw new StationException(StationFault.MessageTooLarge, "The object is larger than any message may be.");
        }
    }
}
