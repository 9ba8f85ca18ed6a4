using System.Management.Automation;
using System.Reflection;
using System.Runtime.ExceptionServices;

namespace SecureStation;

/// <summary>Ends the commands before this one in the pipeline, as Select-Object -First does; what comes after them goes on to its end.</summary>
internal static class PipelineStop
{
    // The exception is internal to PowerShell. Where it should not be found, the whole pipeline ends.
    private static readonly ConstructorInfo? s_constructor = typeof(PSObject).Assembly
        .GetType("System.Management.Automation.StopUpstreamCommandsException")?
        .GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        .FirstOrDefault(static one => one.GetParameters() is [{ } only] && only.ParameterType.IsAssignableFrom(typeof(PSCmdlet)));

    /// <summary>
    /// Whether what WriteObject has thrown means that a command further down has taken what it wanted (Select-Object -First), and not that one has failed: for
    /// both PowerShell throws the same. Where its own note of why should not be found, it counts as a failure.
    /// </summary>
    internal static bool HasEnough(this PSCmdlet cmdlet, Exception thrown)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        if (thrown is not PipelineStoppedException || cmdlet.Stopping)
        {
            return false;
        }

        object? pipeline = cmdlet.CommandRuntime.GetType().GetProperty("PipelineProcessor", Any)?.GetValue(cmdlet.CommandRuntime);
        return pipeline?.GetType().GetField("_firstTerminatingError", Any)?.GetValue(pipeline) is ExceptionDispatchInfo why
            && why.SourceException.GetType() == s_constructor?.DeclaringType;
    }

    /// <summary>Does not return where input comes by the pipeline.</summary>
    internal static void StopUpstream(this PSCmdlet cmdlet)
    {
        if (cmdlet.MyInvocation.ExpectingInput)
        {
            throw s_constructor?.Invoke([cmdlet]) as Exception ?? new PipelineStoppedException();
        }
    }
}
