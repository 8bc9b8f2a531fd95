
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('monitoring', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Announcement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='title')),
                ('text', models.TextField(max_length=5000, verbose_name='text')),
                ('published_on', models.DateField(verbose_name='published on')),
                ('until', models.DateField(blank=True, null=True, verbose_name='shown until')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn at')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='announcements', to='monitoring.region', verbose_name='region')),
                ('written_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='written by')),
            ],
            options={
                'verbose_name': 'announcement',
                'verbose_name_plural': 'announcements',
                'ordering': ['-published_on', '-pk'],
                'indexes': [models.Index(models.F('region'), models.F('published_on'), name='announcement_region_day')],
            },
        ),
        migrations.CreateModel(
            name='Publication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(verbose_name='open since')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='open until')),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='closed by')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='publications', to='monitoring.region', verbose_name='region')),
            ],
            options={
                'verbose_name': 'publication of a region',
                'verbose_name_plural': 'publications of regions',
                'ordering': ['-since', '-pk'],
                'constraints': [models.UniqueConstraint(models.F('region'), condition=models.Q(('until', None)), name='publication_one_open'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gte', models.F('since')), _connector='OR'), name='publication_moments')],
            },
        ),
    ]
