# Starts another PowerShell of the same kind as this one. Dot-source it.
#
# Never `pwsh` by name, nor the pwsh that may lie in $PSHOME: PowerShell from NuGet (the dotnet tool) runs as `dotnet pwsh.dll`, and the pwsh
# beside that pwsh.dll is a program for linux-x64 alone. Start-Job asks for it, so it is not for anything that must run everywhere.

# The program, and before PowerShell's own arguments the one that dotnet needs.
function Get-PowerShellCommand {
    $program = [Environment]::ProcessPath
    if ([IO.Path]::GetFileNameWithoutExtension($program) -eq 'dotnet') {
        $program
        Join-Path $PSHOME pwsh.dll
    } else {
        Join-Path $PSHOME ($IsWindows ? 'pwsh.exe' : 'pwsh')
    }
}

# Runs a script text to its end; what it writes is the output.
function Invoke-PowerShell([string] $Script) {
    $program, $arguments = @(Get-PowerShellCommand) + '-NoProfile' + '-NonInteractive' + '-Command' + $Script
    & $program @arguments 2>&1
}

# Starts a script file (or -Command and a text) beside this process. -Redirect: its standard streams are ours to write and to read.
# Every argument arrives as it is, with blanks and quotes too, which Start-Process does not promise.
function Start-PowerShell([string[]] $ArgumentList, [switch] $Redirect) {
    $program, $arguments = @(Get-PowerShellCommand) + '-NoProfile' + $ArgumentList
    $start = [Diagnostics.ProcessStartInfo]::new($program, [string[]] $arguments)
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $Redirect
    [Diagnostics.Process]::Start($start)
}

# Ends it at once, with what it started itself.
function Stop-PowerShell([Diagnostics.Process] $Process) {
    if (-not $Process.HasExited) { $Process.Kill($true) }
    $Process.WaitForExit()
}
