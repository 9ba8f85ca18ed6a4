using System.Globalization;
using System.Management.Automation;

namespace SecureStation;

/// <summary>A -TimeoutSec: seconds from 0 up, or −1.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Field)]
internal sealed class ValidateTimeoutAttribute : ValidateArgumentsAttribute
{
    /// <inheritdoc/>
    protected override void Validate(object arguments, EngineIntrinsics engineIntrinsics)
    {
        object value = arguments is PSObject wrapped ? wrapped.BaseObject : arguments;
        if (value is not double seconds || !(seconds >= 0 || seconds == Deadline.Infinite))
        {
            throw new ValidationMetadataException(string.Create(CultureInfo.InvariantCulture, $"{value} is no time-out: give seconds (0 polls), or -1 to wait for ever."));
        }
    }
}
