using System.Collections.ObjectModel;
using System.Management.Automation;

namespace SecureStation.Serialization;

/// <summary>The ToString of a received object: it gives what the original's gave, so that <c>"$received"</c> reads alike.</summary>
internal sealed class ReceivedText : PSMethodInfo
{
    private readonly string _text;

    public ReceivedText(string text)
    {
        _text = text;
        SetMemberName("ToString");
    }

    /// <inheritdoc/>
    public override Collection<string> OverloadDefinitions => ["string ToString()"];

    /// <inheritdoc/>
    public override PSMemberTypes MemberType => PSMemberTypes.CodeMethod;

    /// <inheritdoc/>
    public override string TypeNameOfValue => typeof(string).FullName!;

    /// <inheritdoc/>
    public override object Invoke(params object[] arguments) => _text;

    /// <inheritdoc/>
    public override PSMemberInfo Copy() => new ReceivedText(_text);
}
