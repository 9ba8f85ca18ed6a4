<#
.SYNOPSIS
Runs one role of quickstart.ps1 and shows it as it would look at a prompt: each comment, each command, and what it gives.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory)] [string] $Role,
    [Parameter(Mandatory)] [string] $Invitation
)

$file = Join-Path $PSScriptRoot quickstart.ps1
$tokens = $null
$script = [Management.Automation.Language.Parser]::ParseFile($file, [ref] $tokens, [ref] $null)
$prologue, $roles = $script.EndBlock.Statements.Where({ $_ -is [Management.Automation.Language.IfStatementAst] }, 'Split')[1, 0]
$commands = if ($Role -eq 'Listener') { $roles[0].Clauses[0].Item2.Statements } else { $roles[0].ElseClause.Statements }

# Code that is no longer in a file does not know the file's folder.
function Get-Text($Ast) { $Ast.Extent.Text.Replace('$PSScriptRoot', "'$($PSScriptRoot.Replace("'", "''"))'") }

foreach ($command in $prologue) { . ([scriptblock]::Create((Get-Text $command))) }

$last = $null
foreach ($command in $commands) {
    $start = $last ? $last.Extent.EndOffset : $command.Parent.Extent.StartOffset
    $comments = $tokens.Where{ $_.Kind -eq 'Comment' -and $_.Extent.StartOffset -ge $start -and $_.Extent.EndOffset -le $command.Extent.StartOffset }
    if ($comments) { ''; $comments.Text }
    "PS> $($command.Extent.Text)"
    . ([scriptblock]::Create((Get-Text $command))) | Out-String -Stream | Where-Object { $_ }
    $last = $command
}
