# The proxy of the library's own tests, which cuts connections when a test says so.
if (-not ('SecureStation.Core.Tests.Sessions.Resuming.CuttingProxy' -as [type])) {
    $source = Get-Content -Raw ([IO.Path]::Combine($PSScriptRoot, '..', 'SecureStation.Core.Tests', 'Sessions', 'Resuming', 'CuttingProxy.cs'))
    $usings = 'System', 'System.Collections.Generic', 'System.Threading', 'System.Threading.Tasks' | ForEach-Object { "using $_;" }
    Add-Type "#nullable enable`n$($usings -join "`n")`n$($source -replace 'internal sealed class', 'public sealed class')"
}
