namespace SmartCity.Bench;

internal static class ReplayBench
{
    public static Task Run() => Task.CompletedTask;
}
