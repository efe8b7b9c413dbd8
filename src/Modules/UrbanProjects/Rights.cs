namespace SmartCity.UrbanProjects;

/// <summary>Who may do what with one project: the permission, and belonging to the department that owns it.</summary>
internal static class Rights
{
    public static bool MayEdit(IAudience audience, Project project) => audience.Can(UrbanProjectsModule.Edit) && audience.Department == project.Department.Code;
    public static bool MayPublish(IAudience audience, Project project) => audience.Can(UrbanProjectsModule.Publish) && audience.Department == project.Department.Code;
}
