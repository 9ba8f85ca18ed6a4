// dotnet run -c Release --project tests/endurance [-- [ROW …] [--full] [--scale N] [--seed N] [--list]]
using SecureStation.Endurance;

if (EnduranceArguments.TryParse(args, out EnduranceArguments? asked, out string problem))
{
    return asked.Inside switch
    {
        { } row => await RowProcess.RunInsideAsync(row, asked),
        _ when asked.List => ResultTable.WriteList(Console.Out),
        _ => await EnduranceRun.RunAsync(asked),
    };
}

// A child of a row: tests/endurance child KIND ARGUMENTS…
if (args is ["child", var kind, .. var rest])
{
    return await RowChildren.RunAsync(kind, rest);
}

Console.Error.WriteLine(problem);
return 2;
