using System.Globalization;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>The projects of a pack: what is wrong is told by file and line, is left out, and stops nothing.</summary>
public sealed class PackMistakeTests
{
    private static IReadOnlyList<string> Problems(ProjectPack pack)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-GB");
        return [.. pack.Load().Problems.Select(p => Pack.Sentence(p, pack.Words))];
    }

    [Fact]
    public void The_demonstration_city_has_thirty_six_projects_and_says_that_they_are_made_up()
    {
        var files = Directory.GetFiles(Repository.Path("cities", "seoul", "projects"), "*.yaml").Select(f => (Path.GetFileName(f), File.ReadAllText(f))).ToArray();
        using var pack = new ProjectPack(files);
        Assert.Empty(Problems(pack));
        var projects = pack.Load().Projects;
        Assert.Equal(36, projects.Count);
        Assert.All(projects, p => Assert.True(p.Demonstration));
        Assert.All(projects, p => Assert.All(p.People, o => Assert.Null(o.Name)));
        Assert.All(projects, p => Assert.DoesNotContain(Field.People, p.Open));
        Assert.All(projects, p => Assert.DoesNotContain(Field.Contract, p.Open));
        Assert.All(projects, p => Assert.NotNull(p.Place));
        Assert.True(projects.Count(p => p.Place!.Kind == ShapeKind.Area) >= 5);
    }

    [Fact]
    public void A_project_that_is_right_is_read_whole()
    {
        using var pack = new ProjectPack(("trial.yaml", ProjectPack.Right));
        Assert.Empty(Problems(pack));
        var project = Assert.Single(pack.Load().Projects);
        Assert.Equal(("trial", "regeneration", 23.0, 140864.0, 71234.0), (project.Classification.Key, project.Department.Code, project.Percent!.Value, project.Planned!.Value, project.Spent!.Value));
        Assert.Equal(Stage.Works, project.Stage);
        Assert.Equal(new Place(37.5634, 126.9912), project.At);
        Assert.Equal(["works"], project.Milestones[2].After);
        Assert.Equal([Field.Summary], project.Open);
    }

    [Theory]
    [InlineData("department: regeneration", "department: parks and ponds", "projects/trial.yaml, line 7: there is no department “parks and ponds” in city.json.")]
    [InlineData("key: quiet-square", "key: Quiet Square", "projects/trial.yaml, line 4: the key “Quiet Square” must be")]
    [InlineData("key: quiet-square", "key: schedule", "projects/trial.yaml, line 4: the key “schedule” must be")]
    [InlineData("end: 2031-07-23", "end: 2021-07-23", "projects/trial.yaml, line 14: start must come before end.")]
    [InlineData("end: 2031-07-23", "end: 23 July", "projects/trial.yaml, line 14: “23 July” in end is not a day written like 2026-08-31.")]
    [InlineData("areas: [\"11140\"]", "areas: [\"11140\", \"Atlantis\"]", "projects/trial.yaml, line 11: there is no area “Atlantis” in this city.")]
    [InlineData("place: [126.9912, 37.5634]", "place: [37.5634, 126.9912]", "projects/trial.yaml, line 12: place is one [longitude, latitude]")]
    [InlineData("place: [126.9912, 37.5634]", "place: [2.35, 48.85]", "projects/trial.yaml, line 12: the place is far from the city; longitude comes first.")]
    [InlineData("2025: 64321", "2025: much", "projects/trial.yaml, line 15: “much” in budget is not a number from 0")]
    [InlineData("2025-02-11: 23", "2025-02-11: 230", "projects/trial.yaml, line 16: “230” in progress is not a number from 0 to 100.")]
    [InlineData("2024-06-21: works", "2024-06-21: digging", "projects/trial.yaml, line 17: “digging” in stages is not one of: preparing, design")]
    [InlineData("after: [works], days: 30", "after: [nowhere]", "projects/trial.yaml, line 21: the milestone opening waits for “nowhere”, which does not exist.")]
    [InlineData("actual: 2024-03-15", "after: [opening]", "projects/trial.yaml, line 19: the milestones wait for each other in a circle.")]
    [InlineData("key: works,", "key: plan,", "projects/trial.yaml, line 20: “plan” stands twice.")]
    [InlineData("open: [summary]", "open: [summary, everything]", "projects/trial.yaml, line 25: “everything” in open is not one of: summary, place")]
    [InlineData("en: \"Quiet square\"", "fr: \"Place calme\"", "projects/trial.yaml, line 5: name has no text in en.")]
    [InlineData("news: [\"광장\"]", "newspapers: [\"광장\"]", "projects/trial.yaml, line 23: there is no field newspapers.")]
    public void Every_mistake_is_told_by_file_and_line_in_plain_words(string right, string wrong, string told)
    {
        Assert.Contains(right, ProjectPack.Right, StringComparison.Ordinal);
        using var pack = new ProjectPack(("trial.yaml", ProjectPack.Right.Replace(right, wrong, StringComparison.Ordinal)));
        Assert.Contains(Problems(pack), p => p.StartsWith(told, StringComparison.Ordinal));
        Assert.Empty(pack.Load().Projects);
    }

    [Fact]
    public void A_broken_file_and_a_second_project_of_the_same_key_leave_the_others_standing()
    {
        using var pack = new ProjectPack(("a.yaml", "projects: [\n"), ("b.yaml", "classification: {ko: \"가\", en: \"B\"}\n"), ("trial.yaml", ProjectPack.Right), ("twice.yaml", ProjectPack.Right));
        var problems = Problems(pack);
        Assert.Contains(problems, p => p.StartsWith("projects/a.yaml, line ", StringComparison.Ordinal));
        Assert.Contains(problems, p => p.StartsWith("projects/b.yaml, line 1: there is no list named projects.", StringComparison.Ordinal));
        Assert.Contains("projects/twice.yaml, line 4: “quiet-square” stands twice.", problems);
        Assert.Single(pack.Load().Projects);
    }

    [Fact]
    public void What_is_not_open_is_closed_and_each_field_is_closed_by_itself()
    {
        using var pack = new ProjectPack(("trial.yaml", ProjectPack.Right));
        var project = pack.Load().Projects[0];
        var closed = project.For(new HashSet<Field>());
        Assert.Equal((project.Key, project.Name, project.Department), (closed.Key, closed.Name, closed.Department));
        Assert.True(closed is { Summary: null, Contract: null, Place: null, Start: null, End: null, Stage: null, Percent: null, Planned: null, Spent: null });
        Assert.Empty(closed.People);
        Assert.Empty(closed.Areas);
        Assert.Empty(closed.Milestones);
        Assert.Empty(closed.Indicators);
    }
}
