using System.Management.Automation;
using System.Reflection;

namespace SecureStation;

/// <summary>Ends the commands before this one in the pipeline, as Select-Object -First does; what comes after them goes on to its end.</summary>
internal static class PipelineStop
{
    // The exception is internal to PowerShell. Where it should not be found, the whole pipeline ends.
    private static readonly ConstructorInfo? Constructor = typeof(PSObject).Assembly
        .GetType("System.Management.Automation.StopUpstreamCommandsException")?
        .GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .FirstOrDefault(static one => one.GetParameters() is [{ } only] && only.ParameterType.IsAssignableFrom(typeof(PSCmdlet)));

    /// <summary>Does not return where input comes by the pipeline.</summary>
    internal static void StopUpstream(this PSCmdlet cmdlet)
    {
        if (cmdlet.MyInvocation.ExpectingInput)
        {
            throw Constructor?.Invoke([cmdlet]) as Exception ?? new PipelineStoppedException();
        }
    }
}
